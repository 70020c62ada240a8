// What people who followed say of a leader, one review each, with a badge for who really did.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { SignInOffer } from "../account/needs";
import { useSession } from "../account/session";
import { post, put, remove } from "../api/client";
import { ownPosts, type Review, reviewsOf, socialOf } from "../api/social";
import { plural } from "../format";
import { When } from "../ui/figures";
import { Answered, Badge, Empty, Field, Panel, Trouble } from "../ui/parts";
import { Report } from "./report";
import { firstAs, type ShowAs, ShowAsChoice } from "./show-as";
import { Stars, StarsInput } from "./stars";
import { AuthorName, Said } from "./words";

const MOST_TEXT = 2_000;

export function Reviews({ id, leader }: { id: number; leader: string }) {
  const query = useInfiniteQuery(reviewsOf(id));
  const summary = useQuery(socialOf(id)).data?.reviews;
  const { me } = useSession();
  const mine = useQuery({ ...ownPosts(id), enabled: Boolean(me) }).data;
  const [writing, setWriting] = useState(false);
  const leads = me?.address.toLowerCase() === leader.toLowerCase();
  const own = mine?.review ?? null;
  return (
    <Panel
      title="Reviews"
      aside={
        summary && summary.count > 0 && summary.average !== null ? (
          <span>
            <Stars of={Number(summary.average)} /> <span className="figure">{summary.average}</span>{" "}
            <span className="muted">
              of {plural(summary.count, "review")}
              {summary.verified_average !== null &&
                `; ${summary.verified_average} of ${plural(summary.verified_count, "verified follower")}`}
            </span>
          </span>
        ) : undefined
      }
    >
      <Answered query={query} lines={3}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.data);
          return found.length === 0 ? (
            <Empty title="No review yet">Who has followed this leader can write the first.</Empty>
          ) : (
            <ul className="posts" aria-label="Reviews">
              {found.map((review) => (
                <OneReview key={review.id} of={review} />
              ))}
            </ul>
          );
        }}
      </Answered>
      {query.hasNextPage && (
        <div>
          <button type="button" className="small" onClick={() => query.fetchNextPage()}>
            More reviews
          </button>
        </div>
      )}
      {leads ? (
        <p className="help">Nobody reviews a strategy of their own.</p>
      ) : !writing ? (
        <div>
          <button type="button" className="small" onClick={() => setWriting(true)}>
            {own ? "Change your review" : "Write a review"}
          </button>
        </div>
      ) : me ? (
        <ReviewForm key={own?.id ?? 0} id={id} own={own} done={() => setWriting(false)} />
      ) : (
        <SignInOffer what="A review is written under a pseudonym unless you want otherwise." />
      )}
    </Panel>
  );
}

const HELD = { a_week: "a week", a_month: "a month", a_quarter: "a quarter" } as const;

function OneReview({ of: review }: { of: Review }) {
  return (
    <li>
      <header>
        <AuthorName of={review.author} />
        {review.badge && (
          <Badge tone="good" title="By the ledger; without vault, amount or address">
            Followed with money for {HELD[review.badge.held]} or longer
          </Badge>
        )}
        <span className="muted end-of-row">
          <When at={review.written} />
          {review.edited && ", changed"}
        </span>
      </header>
      {review.rating !== null && <Stars of={review.rating} />}
      {(review.state !== "shown" || review.text) && <Said {...review} />}
      {review.state === "shown" && (
        <Report of={{ subject: "review", id: String(review.id), name: `review of ${review.author.shown}` }} />
      )}
    </li>
  );
}

function ReviewForm({ id, own, done }: { id: number; own: Review | null; done: () => void }) {
  const { busy, error, run } = useDoing();
  const [rating, setRating] = useState(own?.rating ?? 0);
  const [text, setText] = useState(own?.text ?? "");
  const [as, setAs] = useState<ShowAs>(firstAs(false));
  const [badge, setBadge] = useState(own ? own.badge !== null : true);
  const body = { rating, text: text.trim(), with_badge: badge };
  return (
    <form
      className="stack tight preview"
      aria-label="Write a review"
      onSubmit={(event) => {
        event.preventDefault();
        run(
          () =>
            own
              ? put(`/v1/reviews/${own.id}`, body)
              : post("/v1/reviews", { ...body, strategy_id: id, show_as: as }),
          done,
        );
      }}
    >
      <StarsInput value={rating} onChange={setRating} />
      <Field label="Your review" help="What you changed later can be read by everybody.">
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
      {!own && <ShowAsChoice value={as} onChange={setAs} />}
      <label className="check">
        <input type="checkbox" checked={badge} onChange={(event) => setBadge(event.target.checked)} />
        <span>Say for how long I followed with money, if I did: roughly, and never how much.</span>
      </label>
      <div className="buttons">
        <button type="submit" className="primary" disabled={busy || rating === 0}>
          {own ? "Change it" : "Publish"}
        </button>
        {own && own.state !== "withdrawn" && (
          <button
            type="button"
            className="quiet"
            disabled={busy}
            onClick={() => run(() => remove(`/v1/reviews/${own.id}`), done)}
          >
            Take it back
          </button>
        )}
        <button type="button" className="quiet" onClick={done}>
          Rather not
        </button>
      </div>
      {error && <Trouble error={error} />}
    </form>
  );
}
