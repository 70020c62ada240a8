// One leader: how it went, what it costs, what binds them, and every trade with what became of its copies.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { strategy } from "../api/queries";
import { date } from "../format";
import { Record } from "../leader/record";
import { StandingNotices, Verified } from "../leader/standing";
import { CostsPanel, LimitsPanel } from "../leader/terms";
import { TradesPanel } from "../leader/trades";
import { MarketPanel } from "../market/panel";
import { Address } from "../ui/figures";
import { Badge, Page, Skeleton, Trouble } from "../ui/parts";

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
          <Verified id={id} />
        </>
      }
      aside={
        <div className="buttons">
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
        <TradesPanel id={id} />
        <div className="stack">
          <CostsPanel of={found} />
          <LimitsPanel of={found} />
        </div>
      </div>
    </Page>
  );
}
