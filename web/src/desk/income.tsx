// What the fees have come to, and claiming them.
import { useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { account } from "../api/queries";
import { encode } from "../chain/copy";
import { sendToHub, useTransact } from "../chain/transact";
import { Amount } from "../ui/figures";
import { Answered, Panel, TxStatus } from "../ui/parts";

export function Income({ leader }: { leader: Address }) {
  const query = useQuery(account(leader));
  const { progress, busy, run } = useTransact();
  return (
    <Panel title="Fee income">
      <Answered query={query} lines={2}>
        {({ data }) => (
          <>
            {data.claimable_fees.length === 0 && <p className="muted">Nothing to claim now.</p>}
            <ul className="rows">
              {data.claimable_fees.map((fee) => (
                <li key={fee.token}>
                  <span>To claim</span>
                  <Amount of={fee} />
                  <button
                    type="button"
                    className="small"
                    disabled={busy}
                    onClick={() =>
                      run(
                        (steps) => sendToHub(steps, [encode("claimFees", [fee.token])]),
                        "It is in your account; withdraw it from the dashboard.",
                      )
                    }
                  >
                    Claim {fee.symbol}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
      <TxStatus progress={progress} />
    </Panel>
  );
}
