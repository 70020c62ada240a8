// Questions about one's own notices.
import { queryOptions } from "@tanstack/react-query";
import { get } from "./client";
import { CALM } from "./live";

export const channels = queryOptions({
  queryKey: ["channels"],
  queryFn: ({ signal }) => get("/v1/notifications/channels", { signal }),
  meta: CALM,
});

/** What a browser subscribes to; null where the server sends no push messages. */
export const pushKey = queryOptions({
  queryKey: ["push key"],
  queryFn: ({ signal }) => get("/v1/notifications/push-key", { signal }),
  staleTime: 600_000,
  meta: CALM,
});

export const rules = queryOptions({
  queryKey: ["rules"],
  queryFn: ({ signal }) => get("/v1/notifications/rules", { signal }),
  meta: CALM,
});

/** The newest; asked again now and then, since no block tells of them. */
export const deliveries = queryOptions({
  queryKey: ["deliveries"],
  queryFn: ({ signal }) => get("/v1/notifications/deliveries", { query: { limit: 50 }, signal }),
  refetchInterval: 10_000,
  meta: CALM,
});
