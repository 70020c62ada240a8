// What keepers are told to leave alone: entries of everybody, one strategy, one leader. Exits always go on.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { post } from "../api/client";
import { keepers, strategies } from "../api/queries";
import { Answered, Panel, Trouble } from "../ui/parts";
import { enough, Why } from "./why";

export function Stops() {
  const query = useQuery(keepers);
  const list = useQuery(strategies);
  const { busy, error, run } = useDoing();
  const [what, setWhat] = useState("entries");
  const [why, setWhy] = useState("");
  const body =
    what === "entries" ? { scope: "entries", why } : { scope: "strategy", strategy_id: Number(what), why };
  return (
    <Panel title="Stops for keepers">
      <Why value={why} onChange={setWhy} />
      <div className="row">
        <select
          className="month"
          aria-label="What to stop"
          value={what}
          onChange={(event) => setWhat(event.target.value)}
        >
          <option value="entries">Entries of everybody</option>
          {list.data?.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
        <button
          type="button"
          disabled={busy || !enough(why)}
          onClick={() => run(() => post("/v1/admin/stops", body))}
        >
          Stop
        </button>
      </div>
      <Answered query={query}>
        {({ stops }) => (
          <ul className="rows">
            {stops.map((stop) => (
              <li key={stop.id}>
                <span>
                  {stop.scope} {stop.subject}: {stop.why}
                </span>
                <button
                  type="button"
                  className="small"
                  disabled={busy || !enough(why)}
                  onClick={() => run(() => post(`/v1/admin/stops/${stop.id}/lifting`, { why }))}
                >
                  Lift
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answered>
      {error && <Trouble error={error} />}
    </Panel>
  );
}
