// Questions about what people say and whom they send. No block changes the answers.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Answer, get } from "./client";
import { CALM } from "./live";

export type Profile = Answer<"/v1/profiles/{who}">;
export type Annotation = Answer<"/v1/annotations">["data"][number];
export type Comment = Answer<"/v1/comments">["data"][number];
export type Reply = Comment["replies"][number];
export type Review = Answer<"/v1/reviews">["data"][number];
export type Campaign = Answer<"/v1/campaigns">["campaigns"][number];
export type Referrals = Answer<"/v1/referrals">["data"];
export type Follow = Answer<"/v1/follows">["follows"][number];
export type Case = Answer<"/v1/admin/moderation">["data"][number];
export type Author = Review["author"];
export type HiddenCode = NonNullable<Review["hidden"]>["code"];

const PAGE = 20;

/** The caller's own, and the handle that is kept for them. */
export const ownProfile = queryOptions({
  queryKey: ["own profile"],
  queryFn: ({ signal }) => get("/v1/profile", { signal }),
  meta: CALM,
});

export const profile = (who: string) =>
  queryOptions({
    queryKey: ["profile", who],
    queryFn: ({ signal }) => get("/v1/profiles/{who}", { path: { who }, signal }),
    meta: CALM,
  });

/** How much is said of a strategy, and who leads it. */
export const socialOf = (strategyId: number) =>
  queryOptions({
    queryKey: ["social", strategyId],
    queryFn: ({ signal }) => get("/v1/social/{strategy_id}", { path: { strategy_id: strategyId }, signal }),
    staleTime: 15_000,
    meta: CALM,
  });

export const annotationsOf = (strategyId: number) =>
  queryOptions({
    queryKey: ["annotations", strategyId],
    queryFn: ({ signal }) =>
      get("/v1/annotations", { query: { strategy_id: strategyId, limit: 100 }, signal }),
    staleTime: 15_000,
    meta: CALM,
  });

export const commentsOf = (strategyId: number) =>
  infiniteQueryOptions({
    queryKey: ["comments", strategyId],
    queryFn: ({ signal, pageParam }) =>
      get("/v1/comments", {
        query: { strategy_id: strategyId, limit: PAGE, ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    meta: CALM,
  });

export const reviewsOf = (strategyId: number) =>
  infiniteQueryOptions({
    queryKey: ["reviews", strategyId],
    queryFn: ({ signal, pageParam }) =>
      get("/v1/reviews", {
        query: { strategy_id: strategyId, limit: PAGE, ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    meta: CALM,
  });

export const ownPosts = (strategyId: number) =>
  queryOptions({
    queryKey: ["own posts", strategyId],
    queryFn: ({ signal }) => get("/v1/my/posts", { query: { strategy_id: strategyId }, signal }),
    meta: CALM,
  });

export const follows = queryOptions({
  queryKey: ["follows"],
  queryFn: ({ signal }) => get("/v1/follows", { signal }),
  meta: CALM,
});

/** The newest trades of all strategies that the caller watches. */
export const signals = queryOptions({
  queryKey: ["signals"],
  queryFn: ({ signal }) => get("/v1/signals", { query: { limit: 50 }, signal }),
});

export const campaign = (code: string) =>
  queryOptions({
    queryKey: ["campaign", code],
    queryFn: ({ signal }) => get("/v1/campaigns/{code}", { path: { code }, signal }),
    meta: CALM,
  });

export const ownCampaigns = queryOptions({
  queryKey: ["campaigns"],
  queryFn: ({ signal }) => get("/v1/campaigns", { signal }),
  meta: CALM,
});

export const referrals = queryOptions({
  queryKey: ["referrals"],
  queryFn: ({ signal }) => get("/v1/referrals", { signal }),
});

export const referralMonths = queryOptions({
  queryKey: ["referral months"],
  queryFn: ({ signal }) => get("/v1/referrals/statement", { query: { limit: 100 }, signal }),
});

export const moderation = (state: "open" | "all") =>
  queryOptions({
    queryKey: ["moderation", state],
    queryFn: ({ signal }) => get("/v1/admin/moderation", { query: { state, limit: 50 }, signal }),
    refetchInterval: 30_000,
    meta: CALM,
  });
