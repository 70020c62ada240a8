// Keeps the pages as fresh as the ledger: new block, new answers.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { protocol } from "./queries";

/** Asks which block the ledger is at, and when it has moved on, asks again for all that is on the screen. */
export function useLive(): { block: { number: number; time: string } | undefined; down: boolean } {
  const queries = useQueryClient();
  const { data, error } = useQuery({ ...protocol, refetchInterval: 1_000, retry: false });
  const seen = useRef<string>(undefined);
  const hash = data?.as_of_block.hash;
  useEffect(() => {
    if (hash && seen.current && seen.current !== hash) {
      queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "protocol" });
    }
    seen.current = hash;
  }, [hash, queries]);
  return { block: data?.as_of_block, down: error !== null };
}
