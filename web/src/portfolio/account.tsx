// What is idle in an owner's account and what fees it has earned: to withdraw and to claim.
import { useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import type { Schemas } from "../api/client";
import { account } from "../api/queries";
import { encode } from "../chain/copy";
import { sendToHub, useTransact } from "../chain/transact";
import { Amount } from "../ui/figures";
import { GasCost } from "../ui/gas";
import { Answered, Explain, Panel, TxStatus } from "../ui/parts";

export function AccountPanel({ owner }: { owner: Address }) {
  const query = useQuery(account(owner));
  const { progress, busy, run } = useTransact();
  const withdraw = (idle: Schemas["Amount"]) =>
    run(
      (steps) => sendToHub(steps, [encode("withdraw", [idle.token, BigInt(idle.units), owner])]),
      "It is in your wallet.",
    );
  const claim = (fee: Schemas["Amount"]) =>
    run(
      (steps) =>
        sendToHub(steps, [
          encode("claimFees", [fee.token]),
          encode("withdraw", [fee.token, BigInt(fee.units), owner]),
        ]),
      "The fees are in your wallet.",
    );
  return (
    <Panel title="Account">
      <Answered query={query} lines={2}>
        {({ data }) => (
          <>
            {data.idle.length === 0 && data.claimable_fees.length === 0 && (
              <p className="muted">Nothing idle here, and no fees to claim.</p>
            )}
            <ul className="rows">
              {data.idle.map((idle) => (
                <li key={idle.token}>
                  <span>Idle</span>
                  <Amount of={idle} />
                  <button type="button" className="small" disabled={busy} onClick={() => withdraw(idle)}>
                    Withdraw {idle.symbol}
                  </button>
                </li>
              ))}
              {data.claimable_fees.map((fee) => (
                <li key={fee.token}>
                  <span>Fees earned</span>
                  <Amount of={fee} />
                  <button type="button" className="small" disabled={busy} onClick={() => claim(fee)}>
                    Claim {fee.symbol}
                  </button>
                </li>
              ))}
            </ul>
            <dl className="pairs">
              <dt>
                <Explain text="What this address's own transactions cost, for all vaults and strategies together. In no result above.">
                  Gas paid by this wallet
                </Explain>
              </dt>
              <dd>
                <GasCost of={data.gas} />
              </dd>
            </dl>
          </>
        )}
      </Answered>
      <TxStatus progress={progress} />
    </Panel>
  );
}
