// A vault of play money: the figures of a real one, without a wallet and without money.
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { ApiProblem, type Schemas } from "../api/client";
import { paperVault } from "../api/queries";
import { count, date, plural } from "../format";
import { usePlay } from "../play/kept";
import { Badge, Empty, Notice, Page, Panel, Skeleton, Trouble } from "../ui/parts";
import { reasonName, VaultStatus } from "../ui/status";
import { PlayLines } from "../vault/lines";
import { Positions, Result } from "../vault/result";

export default function PlayPage({ id }: { id: string }) {
  const query = useQuery(paperVault(id));
  const { kept, forget } = usePlay();
  const [, go] = useLocation();
  const mine = kept.find((one) => one.id === id);
  if (query.error instanceof ApiProblem && query.error.status === 404) {
    return (
      <Empty
        title="This play money is gone"
        action={
          <button
            type="button"
            onClick={() => {
              forget(id);
              go("/dashboard");
            }}
          >
            Forget it
          </button>
        }
      >
        The server keeps the newest ten thousand. Start again from the leader's page.
      </Empty>
    );
  }
  if (!query.data)
    return query.error ? <Trouble error={query.error} retry={query.refetch} /> : <Skeleton lines={8} />;
  const found = query.data.data;
  return (
    <Page
      title={
        <>
          {found.strategy_name} <Badge tone="info">Play money</Badge>
        </>
      }
      lead={
        <>
          Since {date(found.opened)} · <Link href={`/leaders/${found.strategy_id}`}>the leader</Link>{" "}
          <VaultStatus of={found.status} />
        </>
      }
      aside={
        mine && (
          <Link href={`/leaders/${found.strategy_id}/copy?like=${id}`} className="button primary">
            Copy for real with these limits
          </Link>
        )
      }
    >
      <Notice title="Nothing here is money">
        Each trade gets the price that the leader's own batch got. A real copy moves that price a little, and
        its stops are carried out by keepers, not at once.
      </Notice>
      <Result of={found} />
      <div className="columns act-first">
        <div className="stack">
          <Positions of={found} />
          <PlayLines of={found} />
        </div>
        <Panel title="How it copies">
          <Skips of={found} />
          {mine && (
            <button
              type="button"
              className="small quiet"
              onClick={() => {
                forget(id);
                go("/dashboard");
              }}
            >
              Forget this play money
            </button>
          )}
        </Panel>
      </div>
    </Page>
  );
}

function Skips({ of: found }: { of: Schemas["PaperStatement"] }) {
  const skips = Object.entries(found.skipped_by_reason);
  return (
    <>
      <p>
        {plural(found.filled, "trade")} copied
        {skips.length === 0 && ", none skipped"}.
      </p>
      {skips.length > 0 && (
        <dl className="pairs">
          {skips.map(([reason, times]) => (
            <div key={reason}>
              <dt>{reasonName(reason)}</dt>
              <dd className="figure">{count(times)} skipped</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
