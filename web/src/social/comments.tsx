// Questions and answers under a strategy: threads of one level.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { SignInOffer } from "../account/needs";
import { useSession } from "../account/session";
import { post, remove } from "../api/client";
import { commentsOf, ownPosts, type Reply } from "../api/social";
import { When } from "../ui/figures";
import { Answered, Empty, Field, Panel, Trouble } from "../ui/parts";
import { ChangeWords } from "./change-words";
import { Report } from "./report";
import { firstAs, type ShowAs, ShowAsChoice } from "./show-as";
import { AuthorName, Said } from "./words";

const MOST_TEXT = 2_000;

export function Comments({ id, leader }: { id: number; leader: string }) {
  const query = useInfiniteQuery(commentsOf(id));
  const { me } = useSession();
  const mine = useQuery({ ...ownPosts(id), enabled: Boolean(me) }).data?.comments ?? [];
  const leads = me?.address.toLowerCase() === leader.toLowerCase();
  const [answering, setAnswering] = useState<number | null>(null);
  return (
    <Panel title="Comments">
      <Answered query={query} lines={3}>
        {({ pages }) => {
          const threads = pages.flatMap((page) => page.data);
          return threads.length === 0 ? (
            <Empty title="No comment yet">Ask the leader something, or say what others should know.</Empty>
          ) : (
            <ul className="posts" aria-label="Comments">
              {threads.map((thread) => (
                <li key={thread.id}>
                  <OneComment of={thread} own={mine.includes(thread.id)} />
                  {thread.replies.length > 0 && (
                    <ul className="posts replies" aria-label={`Answers to ${thread.author.shown}`}>
                      {thread.replies.map((reply) => (
                        <li key={reply.id}>
                          <OneComment of={reply} own={mine.includes(reply.id)} />
                        </li>
                      ))}
                    </ul>
                  )}
                  {answering === thread.id ? (
                    me ? (
                      <Write id={id} to={thread.id} leads={leads} done={() => setAnswering(null)} />
                    ) : (
                      <SignInOffer what="You are shown under a pseudonym unless you want otherwise." />
                    )
                  ) : (
                    <button
                      type="button"
                      className="tiny quiet"
                      aria-label={`Answer ${thread.author.shown}`}
                      onClick={() => setAnswering(thread.id)}
                    >
                      Answer
                    </button>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
      {query.hasNextPage && (
        <div>
          <button type="button" className="small" onClick={() => query.fetchNextPage()}>
            Earlier comments
          </button>
        </div>
      )}
      {me ? <Write id={id} to={null} leads={leads} /> : me === null && <NotSignedIn />}
    </Panel>
  );
}

function NotSignedIn() {
  const [open, setOpen] = useState(false);
  if (open) return <SignInOffer what="You are shown under a pseudonym unless you want otherwise." />;
  return (
    <div>
      <button type="button" className="small" onClick={() => setOpen(true)}>
        Write a comment
      </button>
    </div>
  );
}

function OneComment({ of: comment, own }: { of: Reply; own: boolean }) {
  const { busy, error, run } = useDoing();
  const [changing, setChanging] = useState(false);
  const at = `/v1/comments/${comment.id}`;
  return (
    <>
      <header>
        <AuthorName of={comment.author} />
        <span className="muted end-of-row">
          <When at={comment.written} />
          {comment.edited && ", changed"}
        </span>
      </header>
      {changing ? (
        <ChangeWords
          at={at}
          text={comment.text}
          most={MOST_TEXT}
          labels={["Change your comment", "Your comment", "Change it"]}
          done={() => setChanging(false)}
        />
      ) : (
        <Said {...comment} />
      )}
      {comment.state === "shown" && !changing && (
        <div className="row tools">
          {own ? (
            <>
              <button type="button" className="tiny quiet" onClick={() => setChanging(true)}>
                Change
              </button>
              <button
                type="button"
                className="tiny quiet"
                disabled={busy}
                onClick={() => run(() => remove(at))}
              >
                Take back
              </button>
            </>
          ) : (
            <Report
              of={{ subject: "comment", id: String(comment.id), name: `comment of ${comment.author.shown}` }}
            />
          )}
        </div>
      )}
      {error && <Trouble error={error} />}
    </>
  );
}

interface WriteProps {
  id: number;
  /** The thread that is answered; null begins one. */
  to: number | null;
  leads: boolean;
  done?: () => void;
}

function Write({ id, to, leads, done }: WriteProps) {
  const { busy, error, run } = useDoing();
  const [text, setText] = useState("");
  const [as, setAs] = useState<ShowAs>(firstAs(leads));
  return (
    <form
      className="stack tight preview"
      aria-label={to === null ? "Write a comment" : "Answer"}
      onSubmit={(event) => {
        event.preventDefault();
        run(
          () => post("/v1/comments", { strategy_id: id, reply_to: to, text: text.trim(), show_as: as }),
          () => {
            setText("");
            done?.();
          },
        );
      }}
    >
      <Field label={to === null ? "Your comment" : "Your answer"}>
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
      <ShowAsChoice value={as} onChange={setAs} leads={leads} />
      <div className="buttons">
        <button type="submit" disabled={busy || text.trim() === ""}>
          {to === null ? "Comment" : "Answer"}
        </button>
        {done && (
          <button type="button" className="quiet" onClick={done}>
            Rather not
          </button>
        )}
      </div>
      {error && <Trouble error={error} />}
    </form>
  );
}
