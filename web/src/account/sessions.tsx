// Where one is signed in, and ending it.
import { useQuery } from "@tanstack/react-query";
import { get, remove } from "../api/client";
import { CALM } from "../api/live";
import { When } from "../ui/figures";
import { Answered, Badge, Panel, Trouble } from "../ui/parts";
import { hidden, Table } from "../ui/table";
import { useDoing } from "./do";

export function Sessions() {
  const query = useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => get("/v1/sessions", { signal }),
    meta: CALM,
  });
  const { busy, error, run } = useDoing();
  return (
    <Panel
      title="Where you are signed in"
      aside={
        <button
          type="button"
          className="small"
          disabled={busy}
          onClick={() => run(() => remove("/v1/sessions"))}
        >
          Sign out everywhere
        </button>
      }
      flush
    >
      <Answered query={query}>
        {({ data }) => (
          <Table heads={["Browser or program", "Since", "Last seen", "Until", hidden("End")]}>
            {data.map((session) => (
              <tr key={session.id}>
                <th scope="row">
                  {agentName(session.agent)} {session.current && <Badge tone="good">This one</Badge>}
                </th>
                <td>
                  <When at={session.opened} />
                </td>
                <td>
                  <When at={session.seen} />
                </td>
                <td>
                  <When at={session.expires} />
                </td>
                <td className="end">
                  {!session.current && (
                    <button
                      type="button"
                      className="small quiet"
                      disabled={busy}
                      onClick={() => run(() => remove(`/v1/sessions/${session.id}`))}
                    >
                      End
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Answered>
      {error && <Trouble error={error} />}
    </Panel>
  );
}

/** The browser's own name out of what it calls itself; else what a program said. */
export function agentName(agent: string): string {
  const known = ["Firefox", "Edg", "OPR", "Chrome", "Safari"].find((name) => agent.includes(`${name}/`));
  const system = /\(([^;)]+)/.exec(agent)?.[1];
  const name = known === "Edg" ? "Edge" : known === "OPR" ? "Opera" : known;
  return name ? `${name}${system ? `, ${system}` : ""}` : agent || "Unnamed";
}
