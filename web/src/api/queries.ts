// Every question the pages ask, each under a key that `live.ts` can find again.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { operations } from "../generated/api";
import { all, get } from "./client";

const list = { limit: 100 } as const;

export const protocol = queryOptions({
  queryKey: ["protocol"],
  queryFn: ({ signal }) => get("/v1/protocol", { signal }),
});

export const strategies = queryOptions({
  queryKey: ["strategies"],
  queryFn: ({ signal }) =>
    all((cursor) => get("/v1/strategies", { query: { ...list, ...(cursor && { cursor }) }, signal })),
});

export const strategy = (id: number) =>
  queryOptions({
    queryKey: ["strategy", id],
    queryFn: ({ signal }) => get("/v1/strategies/{strategy_id}", { path: { strategy_id: id }, signal }),
  });

export const tradesOf = (id: number) =>
  queryOptions({
    queryKey: ["trades", id],
    queryFn: ({ signal }) =>
      get("/v1/trades", { query: { strategy_id: id, kind: "leader", limit: 50 }, signal }),
    placeholderData: keepPreviousData,
  });

export const trade = (id: string) =>
  queryOptions({
    queryKey: ["trade", id],
    queryFn: ({ signal }) => get("/v1/trades/{trade_id}", { path: { trade_id: id }, signal }),
  });

export const copiesOf = (id: string) =>
  queryOptions({
    queryKey: ["copies", id],
    queryFn: ({ signal }) =>
      get("/v1/trades/{trade_id}/copies", { path: { trade_id: id }, query: list, signal }),
  });

export type Step = NonNullable<NonNullable<operations["listCandles"]["parameters"]["query"]>["step"]>;

/** The newest candles of a pair, newest first. */
export const candlesOf = (token: string, base: string, step: Step) =>
  queryOptions({
    queryKey: ["candles", token, base, step],
    queryFn: ({ signal }) => get("/v1/prices", { query: { token, base, step, limit: 300 }, signal }),
    placeholderData: keepPreviousData,
  });

/** A vault's newest fills. */
export const fillsOf = (id: number) =>
  queryOptions({
    queryKey: ["fills", id],
    queryFn: ({ signal }) =>
      get("/v1/vaults/{vault_id}/copies", {
        path: { vault_id: id },
        query: { outcome: "filled", ...list },
        signal,
      }),
  });

export const vaultsOf = (owner: string) =>
  queryOptions({
    queryKey: ["vaults", owner],
    queryFn: ({ signal }) =>
      all((cursor) => get("/v1/vaults", { query: { owner, ...list, ...(cursor && { cursor }) }, signal })),
  });

export const vault = (id: number) =>
  queryOptions({
    queryKey: ["vault", id],
    queryFn: ({ signal }) => get("/v1/vaults/{vault_id}", { path: { vault_id: id }, signal }),
  });

export const statement = (id: number) =>
  queryOptions({
    queryKey: ["statement", id],
    queryFn: ({ signal }) =>
      get("/v1/vaults/{vault_id}/statement", { path: { vault_id: id }, query: { limit: 50 }, signal }),
    placeholderData: keepPreviousData,
  });

export const limitsOf = (id: number) =>
  queryOptions({
    queryKey: ["limits", id],
    queryFn: ({ signal }) => get("/v1/vaults/{vault_id}/limits", { path: { vault_id: id }, signal }),
  });

export const equityOf = (id: number, window: Window) =>
  queryOptions({
    queryKey: ["equity", id, window],
    queryFn: ({ signal }) =>
      get("/v1/vaults/{vault_id}/equity", { path: { vault_id: id }, query: { window }, signal }),
    placeholderData: keepPreviousData,
  });

export const paperVault = (id: string) =>
  queryOptions({
    queryKey: ["play", id],
    queryFn: ({ signal }) => get("/v1/paper/vaults/{vault_id}", { path: { vault_id: id }, signal }),
    placeholderData: keepPreviousData,
  });

export const account = (owner: string) =>
  queryOptions({
    queryKey: ["account", owner],
    queryFn: ({ signal }) => get("/v1/accounts/{owner}", { path: { owner } as never, signal }),
  });

export const portfolio = (owner: string) =>
  queryOptions({
    queryKey: ["portfolio", owner],
    queryFn: ({ signal }) => get("/v1/portfolios/{owner}", { path: { owner } as never, signal }),
  });

export const ordersOf = (leader: string) =>
  queryOptions({
    queryKey: ["orders", leader],
    queryFn: ({ signal }) => get("/v1/orders", { query: { leader, limit: 50 }, signal }),
  });

export const tokens = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => get("/v1/tokens", { signal }),
});

export const pools = queryOptions({
  queryKey: ["pools"],
  queryFn: ({ signal }) => get("/v1/pools", { signal }),
});

export const keepers = queryOptions({
  queryKey: ["keepers"],
  queryFn: ({ signal }) => get("/v1/keepers", { signal }),
});

/** Readiness has no frame, and 503 is an answer too. */
export const readiness = queryOptions({
  queryKey: ["ready"],
  queryFn: async ({ signal }) => {
    const response = await fetch("/ready", { signal });
    return (await response.json()) as Readiness;
  },
});

export interface Readiness {
  as_of_block?: { number: number; time: string };
  head_block?: number;
  lag_blocks?: number;
  head_seen?: string;
  reconciliation?: { block: number; checked: string; balances_checked: number; mismatches: number } | null;
  detail?: string;
  remedy?: string;
}

export type LeadersQuery = NonNullable<operations["listLeaders"]["parameters"]["query"]>;
export type Window = NonNullable<LeadersQuery["window"]>;

/** The list of leaders, as much of it as somebody has scrolled to. */
export const leaders = (query: LeadersQuery) =>
  infiniteQueryOptions({
    queryKey: ["leaders", query],
    queryFn: ({ signal, pageParam }) =>
      get("/v1/leaders", {
        query: { ...query, limit: 100, ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const leader = (id: number, window: Window) =>
  queryOptions({
    queryKey: ["leader", id, window],
    queryFn: ({ signal }) =>
      get("/v1/leaders/{strategy_id}", { path: { strategy_id: id }, query: { window }, signal }),
    placeholderData: keepPreviousData,
  });
