// More money into a vault that copies.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import type { StrategyDetail, Vault } from "../api/client";
import { copyLeader, depositFor } from "../chain/copy";
import { type Money, readMoney } from "../chain/hub";
import type { Steps } from "../chain/transact";
import { useWallet } from "../chain/wallet";
import { bps, exact, parseUnits, units } from "../format";
import { PRESETS, toStruct } from "../limits/policy";
import { Answered, Field } from "../ui/parts";
import type { Run } from "./actions";

interface Props {
  vault: Vault;
  leader: StrategyDetail;
  run: Run;
}

export function AddMoney({ vault: found, leader, run }: Props) {
  const wallet = useWallet();
  const base = leader.base_token;
  const query = useQuery({
    queryKey: ["money", found.owner, base.address, leader.leader],
    queryFn: async () => {
      const connected = await wallet();
      return readMoney(connected, run.deployment, base.address as Address, leader.leader as Address);
    },
    structuralSharing: false,
  });
  return (
    <Answered query={query} lines={2}>
      {(money) => <AddForm money={money} {...{ vault: found, leader, run }} />}
    </Answered>
  );
}

function AddForm({ vault: found, leader, run, money }: Props & { money: Money }) {
  const base = leader.base_token;
  const [text, setText] = useState("");
  const amount = parseUnits(text, base.decimals);
  const valid = typeof amount === "bigint" && amount > 0n;
  const deposit = valid ? depositFor(amount, money, money.capBps) : 0n;
  const show = (value: bigint) => `${exact(units(value, base.decimals))} ${base.symbol}`;
  const wrong =
    text === ""
      ? undefined
      : typeof amount === "string"
        ? amount
        : deposit > money.wallet
          ? `Your wallet has ${show(money.wallet)}: ${show(deposit - money.wallet)} too little.`
          : undefined;
  const add = (steps: Steps) => {
    const policy = toStruct(PRESETS.balanced, base.decimals); // of no account: the vault has its own
    if (!valid || "wrong" in policy) throw new Error("Nothing to add.");
    const token = base.address as Address;
    const into = { strategyId: found.strategy_id, token, vaultId: found.id, capBps: money.capBps };
    return copyLeader(steps, { ...into, amount, deposit, termsVersion: 0, policy }, money);
  };
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid && !wrong) run.it(add, "It is in your vault; the next trade uses it.");
      }}
    >
      <Field
        label="Add to the vault"
        unit={base.symbol}
        help={`Idle in your account: ${show(money.idle)}. In your wallet: ${show(money.wallet)}.`}
        wrong={wrong}
      >
        {(props) => (
          <input
            {...props}
            inputMode="decimal"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      {valid && deposit > amount && (
        <p className="help">
          {show(deposit)} leaves your wallet: at most {bps(money.capBps)} of your money here may be with one
          leader, so the rest stays idle.
        </p>
      )}
      <button type="submit" className="primary" disabled={!valid || wrong !== undefined || run.busy}>
        Add
      </button>
    </form>
  );
}
