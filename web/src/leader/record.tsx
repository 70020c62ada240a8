// How a leader did over a time of one's choice, beside what followers got.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Schemas, StrategyDetail } from "../api/client";
import { leader, type Window } from "../api/queries";
import { count, percent, plural } from "../format";
import { barWords, METRIC, type Metric, MetricValue, WINDOWS } from "../metrics";
import { Percent } from "../ui/figures";
import { Answered, Empty, Notice, Panel, Segmented, Stat, Stats } from "../ui/parts";
import { Months } from "./months";

const Curve = lazy(() => import("../ui/curve"));

/** What the leader made beside what followers got, over one window. */
export function Record({ of: found }: { of: StrategyDetail }) {
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
