// An order to sign: side, kind, part, prices and how long it is good for.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import type { StrategyDetail } from "../api/client";
import { vault } from "../api/queries";
import { type Kind, portionOf, signOrder, toHubPrice } from "../chain/orders";
import { useTransact } from "../chain/transact";
import { decimal, digitsFor, parseUnits } from "../format";
import { Field, Notice, Panel, Segmented, TxStatus } from "../ui/parts";
import { OrderPreview } from "./preview";

export const KIND_NAMES: Record<Kind, [string, string]> = {
  market: ["Market", "Filled at once, within the strategy's worst price."],
  limit: ["Limit", "Filled when your price can be had."],
  stop_limit: ["Stop-limit", "Waits for the trigger, then works as a limit order."],
  stop_loss: ["Stop", "Waits until the oracle's price of what you sell has fallen to the trigger."],
  take_profit: ["Take-profit", "Waits until the oracle's price of what you sell has risen to the trigger."],
};

export function OrderForm({ of: found }: { of: StrategyDetail }) {
  const base = found.base_token;
  const others = found.tokens.filter((token) => token.address !== base.address);
  const [side, setSide] = useState<"buy" | "sell">("buy");
  const [token, setToken] = useState(others[0]?.address ?? "");
  const [kind, setKind] = useState<Kind>("market");
  const [part, setPart] = useState("25");
  const [limit, setLimit] = useState("");
  const [trigger, setTrigger] = useState("");
  const [hours, setHours] = useState("24");
  const own = useQuery(vault(found.leader_vault_id));
  const { progress, busy, run } = useTransact();

  const other = others.find((one) => one.address === token);
  const pool = found.pools.find((one) =>
    [one.token0.address, one.token1.address].every((each) => each === base.address || each === token),
  );
  if (!other || !pool) return <Notice tone="warn" title="This strategy has no pool to trade in" />;
  const [tokenIn, tokenOut] = side === "buy" ? [base, other] : [other, base];
  const needsLimit = kind === "limit" || kind === "stop_limit";
  const needsTrigger = kind === "stop_limit" || kind === "stop_loss" || kind === "take_profit";
  const portion = portionOf(part);
  const price = (text: string) => {
    const parsed = parseUnits(text, 18);
    return typeof parsed === "string" ? parsed : parsed === 0n ? "Above zero." : parsed;
  };
  const [limitPrice, triggerPrice] = [
    needsLimit || limit ? price(limit) : 0n,
    needsTrigger ? price(trigger) : 0n,
  ];
  const whole = /^\d{1,4}$/.test(hours) && Number(hours) > 0;
  const ready =
    typeof portion === "bigint" &&
    typeof limitPrice === "bigint" &&
    typeof triggerPrice === "bigint" &&
    whole;
  const held = own.data?.data.balances.find((balance) => balance.token === tokenIn.address);
  const mine = held && typeof portion === "bigint" ? (Number(held.decimal) * Number(portion)) / 1e18 : 0;
  const toHub = (value: bigint, up: boolean) =>
    value === 0n ? 0n : toHubPrice(value, 18, side, tokenIn, tokenOut, up);

  return (
    <Panel title="Sign an order">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          const draft = {
            strategyId: found.id,
            pool: pool.address as Address,
            tokenIn,
            tokenOut,
            kind,
            portion,
            seconds: Number(hours) * 3_600,
          };
          run(
            (steps) =>
              signOrder(steps, {
                ...draft,
                limitPrice: toHub(limitPrice, true),
                triggerPrice: toHub(triggerPrice, false),
              }),
            "Signed and handed in. Follow it under “Orders”.",
          );
        }}
      >
        <div className="row">
          <Segmented
            label="Side"
            options={[
              ["buy", "Buy"],
              ["sell", "Sell"],
            ]}
            value={side}
            onChange={setSide}
          />
          <Segmented
            label="Token"
            options={others.map((one) => [one.address, one.symbol] as const)}
            value={token}
            onChange={setToken}
          />
        </div>
        <div className="grid">
          <Field label="Kind" help={KIND_NAMES[kind][1]}>
            {(props) => (
              <select {...props} value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
                {Object.entries(KIND_NAMES).map(([key, [name]]) => (
                  <option key={key} value={key}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field
            label={`Part of your ${tokenIn.symbol}`}
            unit="%"
            help="Every follower sells the same part of theirs."
            wrong={typeof portion === "string" ? portion : undefined}
          >
            {(props) => (
              <input
                {...props}
                inputMode="decimal"
                autoComplete="off"
                value={part}
                onChange={(event) => setPart(event.target.value)}
              />
            )}
          </Field>
          {(needsLimit || kind === "market") && (
            <Field
              label={side === "buy" ? "Pay at most" : "Get at least"}
              unit={base.symbol}
              help={
                needsLimit
                  ? `For one ${other.symbol}.`
                  : `For one ${other.symbol}; empty: no limit of your own.`
              }
              wrong={typeof limitPrice === "string" && limit !== "" ? limitPrice : undefined}
            >
              {(props) => (
                <input
                  {...props}
                  inputMode="decimal"
                  autoComplete="off"
                  value={limit}
                  onChange={(event) => setLimit(event.target.value)}
                />
              )}
            </Field>
          )}
          {needsTrigger && (
            <Field
              label="Trigger"
              unit={base.symbol}
              help={`The oracle's price of one ${other.symbol}.`}
              wrong={typeof triggerPrice === "string" && trigger !== "" ? triggerPrice : undefined}
            >
              {(props) => (
                <input
                  {...props}
                  inputMode="decimal"
                  autoComplete="off"
                  value={trigger}
                  onChange={(event) => setTrigger(event.target.value)}
                />
              )}
            </Field>
          )}
          <Field
            label="Good for"
            unit="hours"
            help="Then it expires, by the chain's clock."
            wrong={whole ? undefined : "Whole hours, at least one."}
          >
            {(props) => (
              <input
                {...props}
                inputMode="numeric"
                autoComplete="off"
                value={hours}
                onChange={(event) => setHours(event.target.value)}
              />
            )}
          </Field>
        </div>
        <OrderPreview
          intent={
            typeof portion === "bigint"
              ? {
                  strategyId: found.id,
                  pool: pool.address as Address,
                  tokenIn: tokenIn.address as Address,
                  tokenOut: tokenOut.address as Address,
                  portion,
                }
              : null
          }
          {...{ tokenIn, tokenOut }}
          own={`${decimal(String(mine), digitsFor(String(mine), tokenIn.symbol))} ${tokenIn.symbol}`}
        />
        <button type="submit" className="primary" disabled={!ready || busy}>
          Sign the order
        </button>
      </form>
      <TxStatus progress={progress} />
    </Panel>
  );
}
