// What people have reported, and hiding it with a reason; or saying that nothing is wrong with it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { useDoing } from "../account/do";
import { post } from "../api/client";
import { type Case, type HiddenCode, moderation } from "../api/social";
import { plural } from "../format";
import { REASONS, reasonWords } from "../social/words";
import { Address, When } from "../ui/figures";
import { Answered, Badge, Field, Panel, Segmented, Trouble } from "../ui/parts";
import { enough, Why } from "./why";

const STATES = [
  ["open", "Open"],
  ["all", "All"],
] as const;

export function Moderation({ acts }: { acts: boolean }) {
  const [state, setState] = useState<"open" | "all">("open");
  const query = useQuery(moderation(state));
  return (
    <Panel
      title="Reports"
      aside={<Segmented label="Which reports" options={STATES} value={state} onChange={setState} />}
    >
      <Answered query={query} lines={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="muted">Nothing was reported.</p>
          ) : (
            <ul className="posts" aria-label="Reports">
              {data.map((one) => (
                <OneCase key={one.number} of={one} acts={acts} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Panel>
  );
}

function OneCase({ of: found, acts }: { of: Case; acts: boolean }) {
  const { busy, error, run } = useDoing();
  const [code, setCode] = useState<HiddenCode>(found.reports[0]?.reason ?? "spam");
  const [why, setWhy] = useState("");
  const name = `${found.subject} ${found.id}`;
  const act = (what: "hide" | "restore" | "dismiss") =>
    run(
      () =>
        post("/v1/admin/moderation", {
          subject: found.subject,
          id: found.id,
          act: what,
          why: why.trim(),
          ...(what === "hide" && { code }),
        }),
      () => setWhy(""),
    );
  return (
    <li>
      <header>
        <strong>{found.subject}</strong> <Address of={found.author} />
        {found.strategy_id !== null && (
          <Link href={`/leaders/${found.strategy_id}`}>strategy {found.strategy_id}</Link>
        )}
        {found.hidden && <Badge tone="bad">Hidden: {reasonWords(found.hidden.code)}</Badge>}
      </header>
      <p className="said">
        <bdi>{found.text}</bdi>
      </p>
      <p className="help">
        {plural(found.reports.length, "report")}
        {found.last_reported && (
          <>
            , the last <When at={found.last_reported} />
          </>
        )}
      </p>
      <ul className="sentences">
        {found.reports.map((report) => (
          <li key={`${report.reported} ${report.reason} ${report.words}`}>
            {reasonWords(report.reason)}
            {report.words && (
              <>
                : <bdi>{report.words}</bdi>
              </>
            )}
          </li>
        ))}
      </ul>
      {acts && (
        <fieldset className="stack tight" aria-label={`Decide on ${name}`}>
          <div className="grid">
            {!found.hidden && (
              <Field label="Hide it as" help="Everybody sees this reason.">
                {(props) => (
                  <select
                    {...props}
                    value={code}
                    onChange={(event) => setCode(event.target.value as HiddenCode)}
                  >
                    {REASONS.map(([reason, label]) => (
                      <option key={reason} value={reason}>
                        {label}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
            )}
            <Why value={why} onChange={setWhy} />
          </div>
          <div className="buttons">
            {found.hidden ? (
              <button
                type="button"
                className="small"
                disabled={busy || !enough(why)}
                onClick={() => act("restore")}
              >
                Show it again
              </button>
            ) : (
              <>
                <button
                  type="button"
                  className="small"
                  disabled={busy || !enough(why)}
                  onClick={() => act("hide")}
                >
                  Hide it
                </button>
                <button
                  type="button"
                  className="small quiet"
                  disabled={busy || !enough(why)}
                  onClick={() => act("dismiss")}
                >
                  Nothing is wrong with it
                </button>
              </>
            )}
          </div>
        </fieldset>
      )}
      {error && <Trouble error={error} />}
    </li>
  );
}
