// What was told, and what became of it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Schemas } from "../api/client";
import { deliveries } from "../api/told";
import { plural } from "../format";
import { When } from "../ui/figures";
import { Answered, Badge, Empty, Panel, type Tone } from "../ui/parts";

const STATES: Record<Schemas["Delivery"]["state"], [Tone, string]> = {
  waiting: ["info", "On its way"],
  quiet: ["quiet", "Waits for the digest"],
  digested: ["good", "In a digest"],
  sent: ["good", "Sent"],
  dead: ["bad", "Given up"],
  dropped: ["quiet", "Not sent"],
};

export function ToldLog() {
  const query = useQuery(deliveries);
  return (
    <Panel title="What was told">
      <Answered query={query} lines={3}>
        {({ deliveries: found }) =>
          found.length === 0 ? (
            <Empty title="Nothing yet">Notices appear here as they are sent.</Empty>
          ) : (
            <ol className="feed">
              {found.map(({ id, notice, state, attempts }) => {
                const [tone, words] = STATES[state];
                return (
                  <li key={id}>
                    <When at={notice.at} />
                    <div>
                      <Badge tone={tone}>{words}</Badge> <Link href={notice.page}>{notice.title}</Link>
                      {notice.taken_back && <Badge tone="warn">Taken back</Badge>}
                      <p className="help">
                        {notice.text} {attempts.length > 1 && `${plural(attempts.length, "attempt")}.`}
                      </p>
                    </div>
                  </li>
                );
              })}
            </ol>
          )
        }
      </Answered>
    </Panel>
  );
}
