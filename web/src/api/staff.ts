// Questions of staff.
import { queryOptions } from "@tanstack/react-query";
import { get } from "./client";
import { CALM } from "./live";

const some = { limit: 50 } as const;

export const overview = queryOptions({
  queryKey: ["staff overview"],
  queryFn: ({ signal }) => get("/v1/admin/overview", { signal }),
  refetchInterval: 5_000,
  meta: CALM,
});

export const people = queryOptions({
  queryKey: ["staff people"],
  queryFn: ({ signal }) => get("/v1/admin/users", { query: some, signal }),
  meta: CALM,
});

export const proposals = queryOptions({
  queryKey: ["staff proposals"],
  queryFn: ({ signal }) => get("/v1/admin/proposals", { query: some, signal }),
  refetchInterval: 10_000,
  meta: CALM,
});

export const audit = queryOptions({
  queryKey: ["staff audit"],
  queryFn: ({ signal }) => get("/v1/admin/audit", { query: some, signal }),
  meta: CALM,
});
