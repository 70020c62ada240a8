// More money into a leader's own vault: the stake that followers look at.
import { useState } from "react";
import type { Address } from "viem";
import type { StrategyDetail } from "../api/client";
import { copyLeader } from "../chain/copy";
import { readMoney } from "../chain/hub";
import { useTransact } from "../chain/transact";
import { parseUnits } from "../format";
import { PRESETS, toStruct } from "../limits/policy";
import { Field, Panel, TxStatus } from "../ui/parts";

export function FundForm({ of: found }: { of: StrategyDetail }) {
  const base = found.base_token;
  const [text, setText] = useState("");
  const { progress, busy, run } = useTransact();
  const amount = parseUnits(text, base.decimals);
  const ready = typeof amount === "bigint" && amount > 0n;
  async function fund() {
    if (!ready) return;
    await run(async (steps) => {
      const token = base.address as Address;
      const money = await readMoney(steps.wallet, steps, token, found.leader as Address);
      const deposit = amount > money.idle ? amount - money.idle : 0n;
      const policy = toStruct(PRESETS.balanced, base.decimals);
      if ("wrong" in policy) throw new Error(policy.wrong);
      const plan = {
        strategyId: found.id,
        token,
        amount,
        deposit,
        capBps: money.capBps,
        termsVersion: 0,
        policy,
      };
      return copyLeader(steps, { ...plan, vaultId: found.leader_vault_id }, money);
    }, "Your stake has grown.");
  }
  return (
    <Panel title="Add to your stake">
      <Field
        label="Amount"
        unit={base.symbol}
        help="Into your own vault, which trades with your followers' at the same price."
        wrong={text && typeof amount === "string" ? amount : undefined}
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
      <button type="button" disabled={!ready || busy} onClick={fund}>
        Add
      </button>
      <TxStatus progress={progress} />
    </Panel>
  );
}
