// Saying that a leader is who they say they are, or taking them out of discovery.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { post, type Schemas } from "../api/client";
import { strategies } from "../api/queries";
import { Answered, Panel, Trouble } from "../ui/parts";
import { enough, Why } from "./why";

const ACTS: readonly (readonly [Schemas["LeaderActBody"]["act"], string])[] = [
  ["verify", "Verify"],
  ["unverify", "Take back the verification"],
  ["suspend", "Suspend"],
  ["reinstate", "Reinstate"],
];

export function LeaderActs() {
  const query = useQuery(strategies);
  const { busy, error, run } = useDoing();
  const [chosen, setChosen] = useState("");
  const [why, setWhy] = useState("");
  return (
    <Panel title="Leaders">
      <Answered query={query}>
        {(found) => {
          const leaders = [...new Map(found.map((one) => [one.leader, one.name]))];
          const address = chosen || leaders[0]?.[0];
          return (
            <>
              <select
                aria-label="Which leader"
                value={address}
                onChange={(event) => setChosen(event.target.value)}
              >
                {leaders.map(([leader, name]) => (
                  <option key={leader} value={leader}>
                    {name}
                  </option>
                ))}
              </select>
              <Why value={why} onChange={setWhy} />
              <div className="buttons">
                {ACTS.map(([act, words]) => (
                  <button
                    key={act}
                    type="button"
                    className="small"
                    disabled={busy || !address || !enough(why)}
                    onClick={() => run(() => post(`/v1/admin/leaders/${address}/acts`, { act, why }))}
                  >
                    {words}
                  </button>
                ))}
              </div>
            </>
          );
        }}
      </Answered>
      <p className="help">
        It is public with its reason. The chain knows nothing of it: followers leave as ever.
      </p>
      {error && <Trouble error={error} />}
    </Panel>
  );
}
