// The market that a leader trades: candles of one's choice of time, entries and exits, indicators.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import type { StrategyDetail } from "../api/client";
import { candlesOf, fillsOf, type Step } from "../api/queries";
import { decimal, plural } from "../format";
import { Price } from "../ui/figures";
import { Answered, Empty, Panel, Segmented } from "../ui/parts";
import type { Indicator, Mark } from "./candles";
import { bollinger, macd, rsi, type Series } from "./indicators";

const Candles = lazy(() => import("./candles"));

const STEPS: readonly (readonly [Step, string])[] = [
  ["1h", "1 hour"],
  ["4h", "4 hours"],
  ["1d", "1 day"],
];

const INDICATORS: readonly (readonly [Indicator, string, string])[] = [
  ["bollinger", "Bollinger", "Mean of 20 closes, and two standard deviations on each side of it"],
  ["rsi", "RSI", "Wilder's relative strength of 14 closes: below 30 much was sold, above 70 much was bought"],
  ["macd", "MACD", "Exponential mean of 12 closes less that of 26, with its own mean of 9 as signal"],
];

export function MarketPanel({ of: found }: { of: StrategyDetail }) {
  const base = found.base_token;
  const others = found.tokens.filter((token) => token.address !== base.address);
  const [token, setToken] = useState(others[0]?.address ?? "");
  const [step, setStep] = useState<Step>("1h");
  const [shown, setShown] = useState<ReadonlySet<Indicator>>(new Set(["bollinger"]));
  const symbol = others.find((one) => one.address === token)?.symbol ?? "";
  const candles = useQuery(candlesOf(token, base.address, step));
  const fills = useQuery(fillsOf(found.leader_vault_id));
  const rows = useMemo(() => [...(candles.data?.data ?? [])].reverse(), [candles.data]);
  const marks = useMemo<Mark[]>(
    () =>
      (fills.data?.data ?? []).flatMap(({ fill, event }) => {
        if (!fill || ![fill.sold.token, fill.bought.token].includes(token)) return [];
        const side = fill.bought.token === token ? ("entry" as const) : ("exit" as const);
        return [{ time: event.time, side, price: fill.price }];
      }),
    [fills.data, token],
  );
  const toggle = (name: Indicator) => {
    const next = new Set(shown);
    if (!next.delete(name)) next.add(name);
    setShown(next);
  };
  if (others.length === 0) return null;
  const entries = marks.filter((mark) => mark.side === "entry").length;
  const last = rows.at(-1);
  return (
    <Panel
      title={
        <>
          {symbol} in {base.symbol} {last && <Price of={last.close} />}
        </>
      }
      aside={
        <div className="row">
          {others.length > 1 && (
            <Segmented
              label="Market"
              options={others.map((one) => [one.address, one.symbol] as const)}
              value={token}
              onChange={setToken}
            />
          )}
          <Segmented label="Time frame" options={STEPS} value={step} onChange={setStep} />
        </div>
      }
    >
      <Answered query={candles} lines={6}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No price history yet">
              Prices are recorded where somebody trades: the chart begins with the first trade.
            </Empty>
          ) : (
            <>
              <Suspense fallback={<div className="chart market" />}>
                <Candles
                  candles={rows}
                  marks={marks}
                  shown={shown}
                  words={`${symbol} in ${base.symbol}, ${plural(rows.length, "candle")}; last ${last?.close}; ${plural(entries, "entry", "entries")} and ${plural(marks.length - entries, "exit")} of the leader.`}
                />
              </Suspense>
              <div className="row">
                {INDICATORS.map(([name, label, explain]) => (
                  <button
                    key={name}
                    type="button"
                    className="small"
                    aria-pressed={shown.has(name)}
                    title={explain}
                    onClick={() => toggle(name)}
                  >
                    {label}
                    <span className="muted figure">{latest(name, rows)}</span>
                  </button>
                ))}
                <p className="legend end-of-row">
                  <span className="good">▲ {plural(entries, "entry", "entries")}</span>
                  <span className="bad">▼ {plural(marks.length - entries, "exit")}</span>
                </p>
              </div>
              <p className="help">
                The oracle's price as trades on this contract recorded it, hour by hour: the one that holdings
                are valued with. Hours without a trade are left out.
              </p>
            </>
          )
        }
      </Answered>
    </Panel>
  );
}

/** An indicator's newest value, as traders read it off. */
function latest(name: Indicator, rows: readonly { close: string }[]): string {
  const closes = rows.map((row) => Number(row.close));
  const last = (values: Series) => values.at(-1) ?? null;
  const show = (value: number | null) => (value === null ? "–" : decimal(value.toFixed(2)));
  if (name === "rsi") return show(last(rsi(closes)));
  if (name === "macd") return show(last(macd(closes).line));
  const { lower, upper } = bollinger(closes);
  return `${show(last(lower))} to ${show(last(upper))}`;
}
