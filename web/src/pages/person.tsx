// Somebody's own words about themselves, with what their wallet signed.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { ApiProblem } from "../api/client";
import { strategies } from "../api/queries";
import { profile } from "../api/social";
import { date } from "../format";
import { Proof } from "../social/proof";
import { Report } from "../social/report";
import { reasonWords } from "../social/words";
import { Badge, Empty, Notice, Page, Panel, Skeleton, Trouble } from "../ui/parts";

export default function PersonPage({ who }: { who: string }) {
  const query = useQuery({ ...profile(who), retry: false });
  const leads = useQuery(strategies).data ?? [];
  if (query.error instanceof ApiProblem && query.error.status === 404) {
    return <Empty title="Nobody goes by this name">It may have been taken off, or was never claimed.</Empty>;
  }
  if (!query.data)
    return query.error ? <Trouble error={query.error} retry={query.refetch} /> : <Skeleton lines={5} />;
  const found = query.data;
  const own = leads.filter((one) => one.leader.toLowerCase() === found.address.toLowerCase());
  return (
    <Page
      title={
        <>
          <bdi>{found.handle}</bdi> <Badge tone="good">Signed</Badge>
        </>
      }
      lead={
        <>
          <span className="address long">{found.address}</span> since {date(found.created)}
        </>
      }
    >
      {found.hidden && (
        <Notice tone="warn" title="Staff has hidden what is said here">
          Why: {reasonWords(found.hidden.code)}.
        </Notice>
      )}
      <div className="columns">
        <div className="stack">
          <Panel title="In their own words">
            {found.about ? (
              <p className="said">
                <bdi>{found.about}</bdi>
              </p>
            ) : (
              <p className="muted">Nothing is said.</p>
            )}
            {found.links.length > 0 && (
              <ul className="links">
                {found.links.map((link) => (
                  <li key={link}>
                    <a href={link} rel="noreferrer nofollow ugc" target="_blank">
                      {link}
                    </a>
                  </li>
                ))}
              </ul>
            )}
            <Report of={{ subject: "profile", id: found.handle, name: `profile of ${found.handle}` }} />
          </Panel>
          {own.length > 0 && (
            <Panel title="Leads">
              <ul className="rows">
                {own.map((one) => (
                  <li key={one.id}>
                    <Link href={`/leaders/${one.id}`}>{one.name}</Link>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
        </div>
        <Proof of={found} />
      </div>
    </Page>
  );
}
