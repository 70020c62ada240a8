// Every administrative act, with what was before and after. Nobody can change it.
import { useQuery } from "@tanstack/react-query";
import { audit } from "../api/staff";
import { count } from "../format";
import { When } from "../ui/figures";
import { Answered, Badge, Panel } from "../ui/parts";

export function AuditLog() {
  const query = useQuery(audit);
  return (
    <Panel title="Audit log">
      <Answered query={query} lines={4}>
        {({ data, head, rows }) => (
          <>
            <p className="help">
              {count(rows)} rows; the last has the hash <span className="address long">{head}</span>. Keep it
              elsewhere: a log that lost its end shows by it.
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
            <ol className="feed scroll short" tabIndex={0}>
              {data.map((entry) => (
                <li key={entry.id} title={`Request ${entry.request_id}, hash ${entry.hash}`}>
                  <When at={entry.at} />
                  <div>
                    <Badge>{entry.act}</Badge> {entry.subject}
                    <p className="help">
                      {entry.why && `${entry.why} · `}by <span className="address long">{entry.actor}</span>
                    </p>
                    <p className="help address long">
                      {JSON.stringify(entry.before)} → {JSON.stringify(entry.after)}
                    </p>
                  </div>
                </li>
              ))}
            </ol>
          </>
        )}
      </Answered>
    </Panel>
  );
}
