// Keeps the pages as fresh as the ledger: new block, new answers.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Schemas } from "./client";
import { protocol } from "./queries";

/** Blocks that come within this time are one reason to ask again. */
const GATHER_MS = 25;
const AGAIN_MS = 3_000;
const POLL_MS = 1_000;
const CALM_MS = 15_000;
/** Of a list that somebody has scrolled far down, this many pages at most are asked for again at every block. */
const MOST_PAGES = 2;

export interface Freshness {
  block: { number: number; time: string } | undefined;
  down: boolean;
}

/** Listens to the ledger's blocks, and at each asks again for all that is on the screen. Without the stream it asks
 * for the block itself, every second. */
export function useLive(): Freshness {
  const queries = useQueryClient();
  const [streaming, setStreaming] = useState(false);
  const [told, setTold] = useState<Schemas["BlockRef"]>();
  const { data, error } = useQuery({
    ...protocol,
    refetchInterval: streaming ? CALM_MS : POLL_MS,
    retry: false,
  });
  useEffect(
    () =>
      listen((block) => {
        if (block) setTold(block);
        setStreaming(block !== null);
        if (block) refresh(queries);
      }),
    [queries],
  );
  const polled = data?.as_of_block;
  const hash = polled?.hash;
  useEffect(() => {
    if (hash && !streaming) refresh(queries);
  }, [hash, streaming, queries]);
  return { block: streaming && told ? told : polled, down: error !== null };
}

/** Tells every block, `undefined` when the stream has opened, and null when it is away. Returns how to stop. */
function listen(tell: (block: Schemas["BlockRef"] | undefined | null) => void): () => void {
  let stream: EventSource;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  function open() {
    stream = new EventSource("/v1/events?type=block");
    stream.addEventListener("open", () => tell(undefined));
    stream.addEventListener("block", (event) => {
      tell((JSON.parse(event.data) as Schemas["BlockHappened"]).block);
    });
    stream.addEventListener("error", () => {
      tell(null);
      // The browser comes back by itself, but not after an answer that was no stream.
      if (stream.readyState === EventSource.CLOSED) waiting = setTimeout(open, AGAIN_MS);
    });
  }
  open();
  return () => {
    clearTimeout(waiting);
    stream.close();
  };
}

/** `meta` of what no block changes. */
export const CALM = { calm: true };

const gathering: { timer?: ReturnType<typeof setTimeout> | undefined } = {};

function refresh(queries: QueryClient): void {
  gathering.timer ??= setTimeout(() => {
    gathering.timer = undefined;
    queries.invalidateQueries({
      predicate: ({ state, meta }) => !meta?.calm && pagesOf(state.data) <= MOST_PAGES,
    });
  }, GATHER_MS);
}

function pagesOf(data: unknown): number {
  const pages = (data as { pages?: unknown[] } | undefined)?.pages;
  return Array.isArray(pages) ? pages.length : 1;
}
