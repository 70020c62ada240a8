// What to be told of, by which channel.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import type { Me } from "../account/session";
import { post, remove, type Schemas } from "../api/client";
import { channels, rules } from "../api/told";
import { Answered, Panel, Trouble } from "../ui/parts";
import { FIRST, FOR_FOLLOWERS, FOR_LEADERS, FOR_STAFF, kindWords, type RuleKind } from "./words";

export function Rules({ me }: { me: Me }) {
  const query = useQuery(rules);
  const ways = useQuery(channels);
  const doing = useDoing();
  const named = (id: number) => ways.data?.channels.find((one) => one.id === id)?.label ?? `channel ${id}`;
  return (
    <Panel title="What to tell you">
      <Answered query={query} lines={2}>
        {({ rules: found }) => (
          <ul className="rows">
            {found.map((rule) => (
              <li key={rule.id}>
                <span>
                  {rule.kinds.map(kindWords).join("; ")}{" "}
                  <span className="muted">by {named(rule.channel_id)}</span>
                </span>
                <button
                  type="button"
                  className="small quiet"
                  disabled={doing.busy}
                  aria-label={`Remove rule ${rule.id}`}
                  onClick={() => doing.run(() => remove(`/v1/notifications/rules/${rule.id}`))}
                >
                  Remove
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answered>
      {ways.data && ways.data.channels.length > 0 ? (
        <AddRule ways={ways.data.channels} me={me} doing={doing} />
      ) : (
        <p className="muted">Add a channel first.</p>
      )}
      {doing.error && <Trouble error={doing.error} />}
    </Panel>
  );
}

interface AddProps {
  ways: Schemas["Channel"][];
  me: Me;
  doing: ReturnType<typeof useDoing>;
}

function AddRule({ ways, me, doing: { busy, run } }: AddProps) {
  const [way, setWay] = useState(ways[0]?.id ?? 0);
  const [chosen, setChosen] = useState<readonly RuleKind[]>(FIRST);
  const offered = [
    ...FOR_FOLLOWERS,
    ...(me.roles.includes("leader") ? FOR_LEADERS : []),
    ...(me.roles.some((role) => role !== "leader" && role !== "follower") ? FOR_STAFF : []),
  ];
  return (
    <form
      className="stack tight"
      aria-label="Add a rule"
      onSubmit={(event) => {
        event.preventDefault();
        run(() => post("/v1/notifications/rules", { channel_id: way, kinds: chosen }));
      }}
    >
      <fieldset className="grid">
        <legend className="sr-only">What</legend>
        {offered.map(([kind, words]) => (
          <label key={kind} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(kind)}
              onChange={() =>
                setChosen(chosen.includes(kind) ? chosen.filter((one) => one !== kind) : [...chosen, kind])
              }
            />
            <span>{words}</span>
          </label>
        ))}
      </fieldset>
      <div className="row">
        <select
          className="month"
          aria-label="By which channel"
          value={way}
          onChange={(event) => setWay(Number(event.target.value))}
        >
          {ways.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
        <button type="submit" disabled={busy || chosen.length === 0}>
          Tell me of these
        </button>
      </div>
    </form>
  );
}
