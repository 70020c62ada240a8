// A leader's desk: strategies, orders to sign, orders that work, and what the fees have come to.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address, Hex } from "viem";
import type { Order, StrategyDetail, Token } from "../api/client";
import { account, ordersOf, strategies, strategy, vault } from "../api/queries";
import { useDeployment } from "../chain/context";
import { encode } from "../chain/copy";
import { cancelOrder, type Kind, portionOf, signOrder, toHubPrice, withdrawOrder } from "../chain/orders";
import { sendToHub, useTransact } from "../chain/transact";
import { useLink } from "../chain/wallet";
import { count, decimal, digitsFor, parseUnits, percent, plural } from "../format";
import { Amount, Percent, When } from "../ui/figures";
import { FundForm } from "../ui/fund-form";
import { NewStrategy } from "../ui/new-strategy";
import {
  Answered,
  Badge,
  Empty,
  Field,
  Notice,
  Page,
  Panel,
  Segmented,
  Stat,
  Stats,
  type Tone,
  TxStatus,
} from "../ui/parts";
import { NeedsWallet } from "../ui/wallet";

export default function DeskPage() {
  const link = useLink(useDeployment());
  if (link.state === "none" || link.state === "connecting") {
    return (
      <Page title="Leader's desk">
        <NeedsWallet what="Your strategies are found by your address; orders are signed with it." />
      </Page>
    );
  }
  return <Desk leader={link.address} />;
}

function Desk({ leader }: { leader: Address }) {
  const query = useQuery(strategies);
  const [chosen, setChosen] = useState<number | null>(null);
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title="Leader's desk"
      lead="Sign an order; a keeper carries it, and every follower trades in the same swap at your price."
      aside={
        <button type="button" onClick={() => setCreating(!creating)} aria-expanded={creating}>
          New strategy
        </button>
      }
    >
      <Answered query={query} lines={6}>
        {(all) => {
          const mine = all.filter((one) => one.leader.toLowerCase() === leader.toLowerCase());
          const id = chosen ?? mine.at(-1)?.id;
          return (
            <>
              {(creating || mine.length === 0) && <NewStrategy done={() => setCreating(false)} />}
              {mine.length > 1 && id !== undefined && (
                <Segmented
                  label="Strategy"
                  options={mine.map((one) => [String(one.id), one.name] as const)}
                  value={String(id)}
                  onChange={(value) => setChosen(Number(value))}
                />
              )}
              {id !== undefined && <OneStrategy key={id} id={id} leader={leader} />}
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function OneStrategy({ id, leader }: { id: number; leader: Address }) {
  const query = useQuery(strategy(id));
  return (
    <Answered query={query} lines={6}>
      {({ data }) => (
        <>
          <Panel title={data.name} aside={data.halted && <Badge tone="warn">Halted</Badge>}>
            <Stats>
              <Stat
                label="Own stake"
                explain="Worth of your own vault: entries are refused below the smallest stake you declared."
                note={data.limits && <>at least {<Amount of={data.limits.min_stake} />}</>}
              >
                <Amount of={data.leader_equity} />
              </Stat>
              <Stat label="Return">
                <Percent of={data.returns.time_weighted_return} sign />
              </Stat>
              <Stat
                label="Copied by"
                note={`${count(data.followers.paused)} paused, ${count(data.followers.left)} left`}
              >
                <span className="figure">{plural(data.followers.active, "vault")}</span>
              </Stat>
              <Stat label="Trades">
                <span className="figure">{count(data.trades)}</span>
              </Stat>
            </Stats>
          </Panel>
          <div className="columns">
            <div className="stack">
              <OrderForm of={data} />
              <Orders leader={leader} strategyId={id} base={data.base_token} />
            </div>
            <div className="stack">
              <FundForm of={data} />
              <Income leader={leader} />
            </div>
          </div>
        </>
      )}
    </Answered>
  );
}

const KIND_NAMES: Record<Kind, [string, string]> = {
  market: ["Market", "Filled at once, within the strategy's worst price."],
  limit: ["Limit", "Filled when your price can be had."],
  stop_limit: ["Stop-limit", "Waits for the trigger, then works as a limit order."],
  stop_loss: ["Stop", "Waits until the oracle's price of what you sell has fallen to the trigger."],
  take_profit: ["Take-profit", "Waits until the oracle's price of what you sell has risen to the trigger."],
};

function OrderForm({ of: found }: { of: StrategyDetail }) {
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
        <Notice
          title={`You sell ${decimal(String(mine), digitsFor(String(mine), tokenIn.symbol))} ${tokenIn.symbol} for ${tokenOut.symbol}`}
        >
          {plural(found.followers.active, "vault")} may sell the same part of their {tokenIn.symbol} with you,
          each within its own limits.
        </Notice>
        <button type="submit" className="primary" disabled={!ready || busy}>
          Sign the order
        </button>
      </form>
      <TxStatus progress={progress} />
    </Panel>
  );
}

const ORDER_TONES: Record<Order["status"], Tone> = {
  open: "info",
  complete: "good",
  replaced: "quiet",
  cancelled: "quiet",
  expired: "warn",
  rejected: "bad",
};

function Orders({ leader, strategyId, base }: { leader: Address; strategyId: number; base: Token }) {
  const query = useQuery(ordersOf(leader));
  const { progress, busy, run } = useTransact();
  return (
    <Panel title="Orders" flush>
      <Answered query={query}>
        {({ data }) => {
          const mine = data.filter((order) => order.strategy_id === strategyId);
          if (mine.length === 0) return <Empty title="No order yet">Sign the first one above.</Empty>;
          return (
            <div className="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">What</th>
                    <th scope="col" className="num">
                      Limit
                    </th>
                    <th scope="col" className="num">
                      Filled
                    </th>
                    <th scope="col">State</th>
                    <th scope="col">
                      <span className="sr-only">Cancel</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {mine.map((order) => (
                    <tr key={order.hash}>
                      <td>
                        {order.posted ? KIND_NAMES[order.posted.kind][0] : "Order"} · {order.token_in.symbol}{" "}
                        <span aria-hidden="true">→</span> {order.token_out.symbol}
                        {order.posted?.deadline && (
                          <p className="help">
                            until <When at={order.posted.deadline} />
                          </p>
                        )}
                      </td>
                      <td className="num">
                        <LimitPrice of={order} base={base} />
                      </td>
                      <td className="num figure">{percent(order.filled, 1)}</td>
                      <td>
                        <Badge tone={ORDER_TONES[order.status]}>{order.status}</Badge>
                        {order.posted && !order.closed && (
                          <p className="help">
                            {order.posted.withdrawn ? "withdrawn" : order.posted.status.replaceAll("_", " ")}
                          </p>
                        )}
                        {order.posted?.why && <p className="help">{order.posted.why}</p>}
                      </td>
                      <td className="end">
                        {!order.closed && !order.posted?.withdrawn && (
                          <div className="buttons">
                            <button
                              type="button"
                              className="small quiet"
                              disabled={busy}
                              title="Free: this server's keepers leave it alone"
                              onClick={() =>
                                run(
                                  (steps) => withdrawOrder(steps, order.hash as Hex),
                                  "Taken out of the inbox.",
                                )
                              }
                            >
                              Withdraw
                            </button>
                            <button
                              type="button"
                              className="small quiet"
                              disabled={busy}
                              title="On chain: nobody can fill it any more"
                              onClick={() =>
                                run((steps) => cancelOrder(steps, order.nonce), "Cancelled on chain.")
                              }
                            >
                              Cancel
                            </button>
                          </div>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Answered>
      <TxStatus progress={progress} />
    </Panel>
  );
}

/** A limit as people say it, base tokens for one token; the exact price of the order on hover. */
function LimitPrice({ of: order, base }: { of: Order; base: Token }) {
  const price = Number(order.limit_price);
  if (price === 0) return <span className="muted">none</span>;
  const [shown, token] =
    order.token_in.address === base.address
      ? [1 / price, order.token_out.symbol]
      : [price, order.token_in.symbol];
  const exactly = `at least ${order.limit_price} ${order.token_out.symbol} for one ${order.token_in.symbol}`;
  return (
    <span className="figure" title={exactly}>
      {decimal(String(shown), shown >= 100 ? 2 : 6)}
      <span className="unit"> / {token}</span>
    </span>
  );
}

function Income({ leader }: { leader: Address }) {
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
