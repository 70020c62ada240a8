// What is measured of a leader: its name, its one sentence, and how a value of it looks.
import type { ReactNode } from "react";
import type { Amount as AmountData, MetricName, Metrics } from "./api/client";
import type { Window } from "./api/queries";
import { count, decimal, span } from "./format";
import { Amount, Drawdown, Percent, Unknown } from "./ui/figures";

export interface Metric {
  name: MetricName;
  label: string;
  explain: string;
  kind: "return" | "fall" | "share" | "amount" | "count" | "number" | "seconds";
}

export const METRICS: readonly Metric[] = [
  {
    name: "rank_score",
    label: "Rank",
    kind: "number",
    explain:
      "The lower end of what the Sharpe ratio is with 95% confidence: luck and short records do not rank. Without a score, the reason is given.",
  },
  {
    name: "cumulative_return",
    label: "Return",
    kind: "return",
    explain:
      "Growth of the leader's own vault over the window, after costs; deposits and withdrawals do not count.",
  },
  {
    name: "max_drawdown",
    label: "Largest fall",
    kind: "fall",
    explain: "From a peak to the lowest point after it, within the window.",
  },
  {
    name: "follower_money_weighted_median",
    label: "Followers got",
    kind: "return",
    explain: "The middle follower's money-weighted return: half got more, half less.",
  },
  { name: "sharpe_ratio", label: "Sharpe", kind: "number", explain: "Return for its volatility, a year." },
  {
    name: "win_rate",
    label: "Win rate",
    kind: "share",
    explain: "Closed trades with a gain. High win rates with rare large losses are no good sign.",
  },
  {
    name: "copy_quality",
    label: "Copied in full",
    kind: "share",
    explain: "Copies that happened, of all that could have.",
  },
  {
    name: "own_stake",
    label: "Own stake",
    kind: "amount",
    explain: "What the leader has at risk in the same trades.",
  },
  { name: "copiers", label: "Copiers", kind: "count", explain: "Vaults that copy now." },
  {
    name: "capital_under_copy",
    label: "Copied with",
    kind: "amount",
    explain: "What copying vaults are worth together.",
  },
  {
    name: "volatility",
    label: "Volatility",
    kind: "share",
    explain: "Standard deviation of daily returns, a year.",
  },
  {
    name: "sortino_ratio",
    label: "Sortino",
    kind: "number",
    explain: "Return for its downside volatility, a year.",
  },
  { name: "calmar_ratio", label: "Calmar", kind: "number", explain: "A year's return for the largest fall." },
  {
    name: "profit_factor",
    label: "Profit factor",
    kind: "number",
    explain: "Gains of closed trades for their losses.",
  },
  {
    name: "exposure",
    label: "Exposure",
    kind: "share",
    explain: "Mean share of equity outside the base token.",
  },
  { name: "turnover", label: "Turnover", kind: "number", explain: "What was traded for what was there." },
  {
    name: "closed_trades",
    label: "Closed trades",
    kind: "count",
    explain: "Positions closed within the window.",
  },
  {
    name: "average_duration",
    label: "Holding time",
    kind: "seconds",
    explain: "Mean time from entry to exit.",
  },
  { name: "best_trade", label: "Best trade", kind: "return", explain: "Largest gain of a closed trade." },
  { name: "worst_trade", label: "Worst trade", kind: "return", explain: "Largest loss of a closed trade." },
];

/** The times that figures are given for, in the order that people look at them. */
export const WINDOWS: readonly (readonly [Window, string])[] = [
  ["24h", "Day"],
  ["7d", "Week"],
  ["30d", "Month"],
  ["90d", "Quarter"],
  ["365d", "Year"],
  ["all", "All"],
];

export const METRIC = new Map(METRICS.map((metric) => [metric.name, metric]));

export function MetricValue({ metric, of }: { metric: Metric; of: Metrics }): ReactNode {
  const value = of[metric.name];
  if (value === null || value === undefined) return <Unknown />;
  switch (metric.kind) {
    case "return":
      return <Percent of={String(value)} sign />;
    case "fall":
      return <Drawdown of={String(value)} />;
    case "share":
      return <Percent of={String(value)} digits={1} />;
    case "amount":
      return <Amount of={value as AmountData} />;
    case "count":
      return <span className="figure">{count(Number(value))}</span>;
    case "seconds":
      return <span className="figure">{span(Number(value))}</span>;
    default:
      return (
        <span className="figure" title={String(value)}>
          {decimal(String(value))}
        </span>
      );
  }
}

const BARS: Record<string, string> = {
  short_history: "fewer than 30 days of record",
  few_trades: "fewer than 10 closed trades",
  small_stake: "own stake below a hundredth of what copies",
  wash_trading: "trades that only go back and forth",
  no_risk_taken: "nothing was at risk",
  style_change: "trades differently than before",
  martingale: "bets grow after losses",
};

export function barWords(bar: string): string {
  return BARS[bar] ?? bar.replaceAll("_", " ");
}
