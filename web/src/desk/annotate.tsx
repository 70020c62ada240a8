// A leader's words on trades of their own: what was said stays readable, also what was changed or taken back.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import { useDoing } from "../account/do";
import { SignInOffer } from "../account/needs";
import { useSession } from "../account/session";
import { post, remove } from "../api/client";
import { tradesOf } from "../api/queries";
import { type Annotation, annotationsOf } from "../api/social";
import { dateTime } from "../format";
import { AnnotationText } from "../social/annotation";
import { ChangeWords } from "../social/change-words";
import { Answered, Field, Panel, Trouble } from "../ui/parts";

const MOST_TEXT = 1_000;

export function Annotate({ id, leader }: { id: number; leader: Address }) {
  const { me } = useSession();
  return (
    <Panel title="Words on your trades">
      {me === undefined ? null : me === null ? (
        <SignInOffer what="What you write stands beside the trade for everybody, with how long after it you wrote." />
      ) : me.address.toLowerCase() === leader.toLowerCase() ? (
        <Notes id={id} />
      ) : (
        <p className="muted">
          You are signed in as another address: <span className="address long">{me.address}</span>. Sign out
          on the account page and in again as the leader.
        </p>
      )}
    </Panel>
  );
}

function Notes({ id }: { id: number }) {
  const trades = useQuery(tradesOf(id));
  const said = useQuery(annotationsOf(id));
  const { busy, error, run } = useDoing();
  const [chosen, setChosen] = useState("");
  const [text, setText] = useState("");
  return (
    <Answered query={trades} lines={2}>
      {({ data }) => (
        <Answered query={said} lines={2}>
          {({ data: notes }) => {
            const open = data.filter((trade) => !notes.some((note) => note.trade_id === trade.id));
            const on = open.find((trade) => trade.id === chosen) ?? open[0];
            return (
              <>
                {on ? (
                  <form
                    className="stack tight"
                    aria-label="Words on a trade"
                    onSubmit={(event) => {
                      event.preventDefault();
                      run(
                        () => post("/v1/annotations", { trade_id: on.id, text: text.trim() }),
                        () => setText(""),
                      );
                    }}
                  >
                    <Field label="Trade">
                      {(props) => (
                        <select {...props} value={on.id} onChange={(event) => setChosen(event.target.value)}>
                          {open.map((trade) => (
                            <option key={trade.id} value={trade.id}>
                              {dateTime(trade.opened.time)}: {trade.token_in.symbol} →{" "}
                              {trade.token_out.symbol}
                            </option>
                          ))}
                        </select>
                      )}
                    </Field>
                    <Field label="Why you did it" help="Everybody reads it, and everything you change in it.">
                      {(props) => (
                        <textarea
                          {...props}
                          rows={3}
                          maxLength={MOST_TEXT}
                          value={text}
                          onChange={(event) => setText(event.target.value)}
                        />
                      )}
                    </Field>
                    <div>
                      <button type="submit" disabled={busy || text.trim() === ""}>
                        Publish
                      </button>
                    </div>
                  </form>
                ) : (
                  <p className="muted">
                    {data.length === 0
                      ? "There is no trade yet."
                      : "Each of the newest trades has your words."}
                  </p>
                )}
                {error && <Trouble error={error} />}
                <ul className="posts" aria-label="What you have said">
                  {notes.map((note) => (
                    <li key={note.id}>
                      <p className="help">
                        Trade {note.trade_id}, {dateTime(note.traded)}
                      </p>
                      <OneNote of={note} />
                    </li>
                  ))}
                </ul>
              </>
            );
          }}
        </Answered>
      )}
    </Answered>
  );
}

function OneNote({ of: note }: { of: Annotation }) {
  const { busy, error, run } = useDoing();
  const [changing, setChanging] = useState(false);
  const at = `/v1/annotations/${note.id}`;
  if (changing)
    return (
      <ChangeWords
        at={at}
        text={note.text}
        most={MOST_TEXT}
        labels={[`Change the words on trade ${note.trade_id}`, "Your words", "Change them"]}
        done={() => setChanging(false)}
      />
    );
  return (
    <>
      <AnnotationText of={note} />
      {note.state !== "hidden" && (
        <div className="row tools">
          <button type="button" className="tiny quiet" onClick={() => setChanging(true)}>
            {note.state === "withdrawn" ? "Write anew" : "Change"}
          </button>
          {note.state === "shown" && (
            <button
              type="button"
              className="tiny quiet"
              disabled={busy}
              onClick={() => run(() => remove(at))}
            >
              Take back
            </button>
          )}
        </div>
      )}
      {error && <Trouble error={error} />}
    </>
  );
}
