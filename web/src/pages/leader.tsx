// One leader: how it went, what it costs, what binds them, and every trade with what became of its copies.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import type { Schemas, StrategyDetail, Trade } from "../api/client";
import { copiesOf, leader, strategy, trade, tradesOf, type Window } from "../api/queries";
import { bps, count, date, percent, plural, span } from "../format";
import { feeSentences } from "../limits/fees";
import { barWords, METRIC, type Metric, MetricValue } from "../metrics";
import { Address, Amount, Bps, Percent, Price, When } from "../ui/figures";
import {
  Answered,
  Badge,
  Empty,
  Explain,
  Notice,
  Page,
  Panel,
  Segmented,
  Skeleton,
  Stat,
  Stats,
  Trouble,
} from "../ui/parts";
import { reasonName } from "../ui/status";

const Curve = lazy(() => import("../ui/curve"));

const WINDOWS: readonly (readonly [Window, string])[] = [
  ["24h", "Day"],
  ["7d", "Week"],
  ["30d", "Month"],
  ["90d", "Quarter"],
  ["365d", "Year"],
  ["all", "All"],
];

export default function LeaderPage({ id }: { id: number }) {
  const query = useQuery(strategy(id));
  if (!query.data)
    return query.error ? <Trouble error={query.error} retry={query.refetch} /> : <Skeleton lines={8} />;
  const found = query.data.data;
  return (
    <Page
      title={found.name}
      lead={
        <>
          Led by <Address of={found.leader} /> since {date(found.created.time)} · results in{" "}
          {found.base_token.symbol}
          {found.halted && <Badge tone="warn">Halted</Badge>}
        </>
      }
      aside={
        <Link href={`/leaders/${id}/copy`} className="button primary large">
          Copy {found.name}
        </Link>
      }
    >
      <Record of={found} />
      <div className="columns">
        <TradesPanel id={id} />
        <div className="stack">
          <CostsPanel of={found} />
          <LimitsPanel of={found} />
        </div>
      </div>
    </Page>
  );
}

/** What the leader made beside what followers got, over one window. */
function Record({ of: found }: { of: StrategyDetail }) {
  const [window, setWindow] = useState<Window>("all");
  const query = useQuery(leader(found.id, window));
  return (
    <>
      <Panel
        title="Record"
        aside={<Segmented label="Over" options={WINDOWS} value={window} onChange={setWindow} />}
      >
        <Answered query={query} lines={6}>
          {({ data }) => {
            const seen = data.windows.find((one) => one.window === window);
            if (!seen) return <Empty title="Nothing is known of this time" />;
            return (
              <>
                <Stats>
                  <Figure name="cumulative_return" of={seen} />
                  <Figure name="max_drawdown" of={seen} />
                  <Figure name="follower_money_weighted_median" of={seen} note={<Quartiles of={seen} />} />
                  <Figure name="sharpe_ratio" of={seen} />
                  <Figure
                    name="win_rate"
                    of={seen}
                    note={<>{count(seen.metrics.closed_trades ?? 0)} closed</>}
                  />
                  <Figure name="copy_quality" of={seen} />
                </Stats>
                <Suspense fallback={<div className="chart" />}>
                  {data.curve.length > 1 ? (
                    <Curve points={data.curve} />
                  ) : (
                    <Empty title="Too young for a chart">It begins with the second hour.</Empty>
                  )}
                </Suspense>
                <p className="legend">
                  <span className="key good">Growth of the leader's own vault</span>
                  <span className="key bad">Fall from its highest</span>
                </p>
                {seen.bars.length > 0 && (
                  <Notice title="Not ranked">
                    Why: {seen.bars.map(barWords).join("; ")}. Figures of a short record say little.
                  </Notice>
                )}
                {seen.warnings.length > 0 && (
                  <Notice tone="warn" title="Look twice">
                    {seen.warnings.map(barWords).join("; ")}.
                  </Notice>
                )}
              </>
            );
          }}
        </Answered>
      </Panel>
      {query.data && (
        <div className="columns even">
          <Months of={query.data.data.months} />
          <People
            of={found}
            seen={query.data.data.windows.find((one) => one.window === window)}
            mix={query.data.data.market_mix}
          />
        </div>
      )}
    </>
  );
}

function Figure({
  name,
  of: seen,
  note,
}: {
  name: Metric["name"];
  of: Schemas["Window"];
  note?: React.ReactNode;
}) {
  const metric = METRIC.get(name) as Metric;
  return (
    <Stat label={metric.label} explain={metric.explain} note={note}>
      <MetricValue metric={metric} of={seen.metrics} />
    </Stat>
  );
}

function Quartiles({ of: { metrics } }: { of: Schemas["Window"] }) {
  if (metrics.follower_money_weighted_q1 === null) return null;
  return (
    <span title="Half of the followers lie between these">
      half between <Percent of={metrics.follower_money_weighted_q1} sign digits={1} /> and{" "}
      <Percent of={metrics.follower_money_weighted_q3} sign digits={1} />
    </span>
  );
}

const MONTHS = Array.from({ length: 12 }, (_, month) => ({
  code: String(month + 1).padStart(2, "0"),
  name: new Date(Date.UTC(2024, month, 15)).toLocaleDateString(undefined, { month: "narrow" }),
}));

/** A grid of months, a row a year: good and bad at a look, the figure in each cell. */
function Months({ of: months }: { of: Schemas["Month"][] }) {
  const years = [...new Set(months.map((one) => one.month.slice(0, 4)))].reverse();
  const returns = new Map(months.map((one) => [one.month, one.time_weighted_return]));
  return (
    <Panel title="Months">
      <div className="scroll">
        <table className="months">
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">Year</span>
              </th>
              {MONTHS.map(({ code, name }) => (
                <th key={code} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {years.map((year) => (
              <tr key={year}>
                <th scope="row">{year}</th>
                {MONTHS.map(({ code }) => (
                  <MonthCell key={code} of={returns.get(`${year}-${code}`) ?? null} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function MonthCell({ of: value }: { of: string | null }) {
  if (value === null) {
    return (
      <td>
        <span className="muted">·</span>
      </td>
    );
  }
  const number = Number(value);
  return (
    <td className={number > 0 ? "rose" : number < 0 ? "fell" : ""}>
      <span title={percent(value, 4, true)}>{percent(value, 1, true)}</span>
    </td>
  );
}

function People({
  of: found,
  seen,
  mix,
}: {
  of: StrategyDetail;
  seen: Schemas["Window"] | undefined;
  mix: Schemas["MarketShare"][];
}) {
  return (
    <Panel title="Who is in it, and what it holds">
      <Stats>
        {seen && <Figure name="own_stake" of={seen} />}
        {seen && (
          <Figure
            name="capital_under_copy"
            of={seen}
            note={`${plural(found.followers.active, "vault")} copy, ${count(found.followers.left)} left`}
          />
        )}
      </Stats>
      <ul className="mix">
        {mix.map((share) => (
          <li key={share.token.address}>
            <span>{share.token.symbol}</span>
            <span className="bar" aria-hidden="true">
              <span style={{ width: `${Number(share.held ?? 0) * 100}%` }} />
            </span>
            <span className="figure">
              {share.held === null ? "–" : percent(share.held, 0)} <span className="muted">now</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function CostsPanel({ of: found }: { of: StrategyDetail }) {
  const { terms } = found;
  return (
    <Panel title="What it costs">
      <ul className="sentences">
        {feeSentences(terms.fees).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {terms.pending && (
          <li>
            Dearer terms are announced: vaults that open before{" "}
            {terms.pending.usable_from ? date(terms.pending.usable_from) : "the end of time"} keep today's.
          </li>
        )}
      </ul>
      <p className="help">
        You keep the terms you join with until you take others yourself.{" "}
        {percent(terms.protocol_bps / 10_000, 0)} of every fee goes to the protocol.
      </p>
    </Panel>
  );
}

function LimitsPanel({ of: found }: { of: StrategyDetail }) {
  const { limits, terms } = found;
  return (
    <Panel title="What binds the leader">
      <dl className="pairs">
        <dt>
          <Explain text="A clearing that would execute worse than this, against the oracle, fails for everybody.">
            Worst price
          </Explain>
        </dt>
        <dd>{bps(terms.max_slippage_bps)}</dd>
        {limits && (
          <>
            <dt>
              <Explain text="What bad prices may cost a follower in any seven days, as a share of equity.">
                Cost of execution, a week
              </Explain>
            </dt>
            <dd>{bps(limits.loss_budget_bps)}</dd>
            <dt>
              <Explain text="Entries stop when the leader's own result has fallen this far from its highest in seven days.">
                Entries stop at a fall of
              </Explain>
            </dt>
            <dd>{bps(limits.max_drawdown_bps)}</dd>
            <dt>
              <Explain text="Entries are refused while the leader's own vault is worth less.">
                Smallest own stake
              </Explain>
            </dt>
            <dd>
              <Amount of={limits.min_stake} />
            </dd>
            <dt>Most in one token</dt>
            <dd>{bps(limits.max_token_bps)}</dd>
            <dt>Round trips a day</dt>
            <dd>{limits.max_round_trips === 255 ? "no limit" : count(limits.max_round_trips)}</dd>
            <dt>Declared stop</dt>
            <dd>{limits.stop_bps === null ? "none" : bps(limits.stop_bps)}</dd>
          </>
        )}
        <dt>
          <Explain text="How long after the leader's own fill a later batch may still copy it.">
            Copy window
          </Explain>
        </dt>
        <dd>{span(terms.copy_window_seconds)}</dd>
        <dt>Smallest deposit</dt>
        <dd>
          <Amount of={terms.min_deposit} />
        </dd>
        <dt>May hold</dt>
        <dd>{found.tokens.map((token) => token.symbol).join(", ")}</dd>
      </dl>
    </Panel>
  );
}

function TradesPanel({ id }: { id: number }) {
  const query = useQuery(tradesOf(id));
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Panel title="Trades" flush>
      <Answered query={query} lines={6}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No trade yet">The first will appear here in the block that holds it.</Empty>
          ) : (
            <div className="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">What</th>
                    <th scope="col" className="num">
                      Part
                    </th>
                    <th scope="col" className="num">
                      Copied
                    </th>
                    <th scope="col" className="num">
                      Skipped
                    </th>
                    <th scope="col">
                      <span className="sr-only">Details</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((row) => (
                    <TradeRow
                      key={row.id}
                      row={row}
                      open={open === row.id}
                      toggle={() => setOpen(open === row.id ? null : row.id)}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answered>
    </Panel>
  );
}

function TradeRow({ row, open, toggle }: { row: Trade; open: boolean; toggle: () => void }) {
  return (
    <>
      <tr>
        <td>
          <When at={row.opened.time} />
        </td>
        <td>
          <Pair row={row} />
        </td>
        <td className="num">
          <Percent of={row.portion_sold ?? row.portion} digits={1} />
        </td>
        <td className="num">
          <span className="figure">{count(row.filled)}</span>
        </td>
        <td className="num">
          <span className={`figure ${row.skipped ? "warn" : "muted"}`}>{count(row.skipped)}</span>
        </td>
        <td className="end">
          <button type="button" className="small quiet" aria-expanded={open} onClick={toggle}>
            {open ? "Less" : "Prices"}
          </button>
        </td>
      </tr>
      {open && (
        <tr className="detail">
          <td colSpan={6}>
            <TradeDetails id={row.id} />
          </td>
        </tr>
      )}
    </>
  );
}

export function Pair({ row }: { row: Pick<Trade, "token_in" | "token_out"> }) {
  return (
    <span className="pair">
      {row.token_in.symbol} <span aria-hidden="true">→</span>
      <span className="sr-only">for</span> {row.token_out.symbol}
    </span>
  );
}

function TradeDetails({ id }: { id: string }) {
  const detail = useQuery(trade(id));
  const copies = useQuery(copiesOf(id));
  return (
    <div className="stack">
      <Answered query={detail} lines={2}>
        {({ data }) => (
          <div className="stack tight">
            {data.clearings.map((clearing) => (
              <Stats key={clearing.batch}>
                <Stat label={clearing.batch === 0 ? "Leader's batch" : `Batch ${clearing.batch}`}>
                  <Amount of={clearing.sold} />
                </Stat>
                <Stat label="Got">
                  <Amount of={clearing.bought} />
                </Stat>
                <Stat
                  label="Price"
                  explain={`${data.token_out.symbol} for one ${data.token_in.symbol}; the same for everybody in the batch.`}
                >
                  <Price of={clearing.price} />
                </Stat>
                <Stat
                  label="Against oracle"
                  explain="Pool fee, price impact, drift and the keeper, against the oracle's value of what was sold."
                >
                  <Bps of={clearing.against_oracle?.bps} />
                </Stat>
              </Stats>
            ))}
            {Object.entries(data.skipped_by_reason).map(([reason, times]) => (
              <p key={reason} className="help">
                <Badge tone="warn">{reasonName(reason)}</Badge> {plural(times, "vault")} skipped
              </p>
            ))}
          </div>
        )}
      </Answered>
      <Answered query={copies} lines={3}>
        {({ data, next_cursor }) => (
          <div className="scroll short">
            <table className="inner">
              <thead>
                <tr>
                  <th scope="col">Vault</th>
                  <th scope="col" className="num">
                    Paid
                  </th>
                  <th scope="col" className="num">
                    Got
                  </th>
                  <th scope="col" className="num">
                    Price
                  </th>
                  <th scope="col" className="num">
                    Against leader
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.map((copy) => (
                  <tr key={copy.copy_id}>
                    <td>
                      {copy.is_leader ? "Leader" : `#${copy.vault_id}`} <Address of={copy.owner} />
                    </td>
                    {copy.fill ? (
                      <>
                        <td className="num">
                          <Amount of={copy.fill.sold} />
                        </td>
                        <td className="num">
                          <Amount of={copy.fill.bought} />
                        </td>
                        <td className="num">
                          <Price of={copy.fill.price} />
                        </td>
                        <td className="num">
                          {copy.is_leader ? (
                            <span className="muted">–</span>
                          ) : (
                            <Bps of={copy.fill.against_leader?.bps} />
                          )}
                        </td>
                      </>
                    ) : (
                      <td colSpan={4}>
                        <Badge tone="warn" title={copy.reason?.meaning}>
                          {reasonName(copy.reason?.name ?? "skipped")}
                        </Badge>
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
            {next_cursor && <p className="help">The first hundred are shown.</p>}
          </div>
        )}
      </Answered>
    </div>
  );
}
