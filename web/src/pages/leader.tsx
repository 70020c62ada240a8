// One leader: how it went, what it costs, what binds them, and every trade with what became of its copies.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link } from "wouter";
import { strategy } from "../api/queries";
import { date } from "../format";
import { Record } from "../leader/record";
import { LeaderName, StandingNotices, Verified } from "../leader/standing";
import { CostsPanel, LimitsPanel } from "../leader/terms";
import { TradesPanel } from "../leader/trades";
import { MarketPanel } from "../market/panel";
import { Watch } from "../social/watch";
import { Badge, Page, Skeleton, Trouble } from "../ui/parts";

const Discussion = lazy(() => import("../social/discussion"));

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
          Led by <LeaderName id={id} address={found.leader} /> since {date(found.created.time)} · results in{" "}
          {found.base_token.symbol}
          {found.halted && <Badge tone="warn">Halted</Badge>}
          <Verified id={id} />
        </>
      }
      aside={
        <div className="buttons">
          <Watch id={id} name={found.name} />
          <Link href={`/leaders/${id}/try`} className="button large">
            Try with play money
          </Link>
          <Link href={`/leaders/${id}/copy`} className="button primary large">
            Copy {found.name}
          </Link>
        </div>
      }
    >
      <StandingNotices id={id} />
      <Record of={found} />
      <MarketPanel of={found} />
      <div className="columns">
        <div className="stack">
          <TradesPanel id={id} />
          <Suspense fallback={<Skeleton lines={4} />}>
            <Discussion id={id} leader={found.leader} />
          </Suspense>
        </div>
        <div className="stack">
          <CostsPanel of={found} />
          <LimitsPanel of={found} />
        </div>
      </div>
    </Page>
  );
}
