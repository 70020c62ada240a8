// Strategies that somebody watches without money, and what they traded.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { useDoing } from "../account/do";
import { AccountLinks } from "../account/links";
import { SignInOffer } from "../account/needs";
import { useSession } from "../account/session";
import { post, remove } from "../api/client";
import { type Follow, follows, signals } from "../api/social";
import { channels } from "../api/told";
import { date } from "../format";
import { Pair } from "../leader/trades";
import { Percent, When } from "../ui/figures";
import { Answered, Empty, Page, Panel, Skeleton, Trouble } from "../ui/parts";
import { num, Table } from "../ui/table";

const LEAD = "Their trades as they happen, without copying any.";

export default function WatchingPage() {
  const { me } = useSession();
  if (me === undefined) return <Skeleton lines={6} />;
  if (me === null) {
    return (
      <Page title="Watching" lead={LEAD}>
        <SignInOffer what="What you watch is kept for you, and nobody else sees it." />
      </Page>
    );
  }
  return (
    <Page title="Watching" lead={LEAD} aside={<AccountLinks />}>
      <Everything />
    </Page>
  );
}

function Everything() {
  const query = useQuery(follows);
  return (
    <Answered query={query} lines={4}>
      {({ follows: found }) =>
        found.length === 0 ? (
          <Empty
            title="You watch nobody yet"
            action={
              <Link href="/" className="button primary">
                To the leaders
              </Link>
            }
          >
            “Watch” is on every leader's page.
          </Empty>
        ) : (
          <div className="columns">
            <Trades names={new Map(found.map((one) => [one.strategy_id, one.name]))} />
            <Watched of={found} />
          </div>
        )
      }
    </Answered>
  );
}

function Trades({ names }: { names: ReadonlyMap<number, string> }) {
  const query = useQuery(signals);
  return (
    <Panel title="Newest trades" flush>
      <Answered query={query} lines={5}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No trade yet">The next one appears here in the block that holds it.</Empty>
          ) : (
            <Table heads={["When", "Leader", "What", num("Part")]}>
              {data.map((row) => (
                <tr key={row.id}>
                  <td>
                    <When at={row.opened.time} />
                  </td>
                  <th scope="row">
                    <Link href={`/leaders/${row.strategy_id}`}>
                      {names.get(row.strategy_id) ?? `Strategy ${row.strategy_id}`}
                    </Link>
                  </th>
                  <td>
                    <Pair row={row} />
                  </td>
                  <td className="num">
                    <Percent of={row.portion_sold ?? row.portion} digits={1} />
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
    </Panel>
  );
}

function Watched({ of: found }: { of: readonly Follow[] }) {
  const { busy, error, run } = useDoing();
  const ways = useQuery(channels).data?.channels.filter((one) => one.state === "confirmed") ?? [];
  const first = ways[0];
  return (
    <Panel title="Whom you watch">
      <ul className="rows">
        {found.map((one) => (
          <li key={one.strategy_id}>
            <span>
              <Link href={`/leaders/${one.strategy_id}`}>{one.name}</Link>{" "}
              <span className="help">since {date(one.since)}</span>
            </span>
            {one.told_by.length > 0 ? (
              <span className="help">told</span>
            ) : (
              first && (
                <button
                  type="button"
                  className="small"
                  disabled={busy}
                  aria-label={`Tell me of ${one.name}'s trades by ${first.label}`}
                  onClick={() =>
                    run(() =>
                      post("/v1/notifications/rules", {
                        channel_id: first.id,
                        kinds: ["leader_traded"],
                        strategies: [one.strategy_id],
                      }),
                    )
                  }
                >
                  Tell me
                </button>
              )
            )}
            <button
              type="button"
              className="small quiet"
              disabled={busy}
              aria-label={`Watch ${one.name} no more`}
              onClick={() => run(() => remove(`/v1/follows/${one.strategy_id}`))}
            >
              No more
            </button>
          </li>
        ))}
      </ul>
      {!first && (
        <p className="help">
          To be told of their trades, <Link href="/notices">add a channel</Link>.
        </p>
      )}
      {error && <Trouble error={error} />}
    </Panel>
  );
}
