// One act on the API at a time: whether it is under way, and what went wrong.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";

export function useDoing(): {
  busy: boolean;
  error: Error | null;
  run: <T>(work: () => Promise<T>, then?: (found: T) => void) => void;
} {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const run = useCallback(
    <T>(work: () => Promise<T>, then?: (found: T) => void) => {
      setBusy(true);
      setError(null);
      work()
        .then(then)
        .then(() => queries.invalidateQueries())
        .catch(setError)
        .finally(() => setBusy(false));
    },
    [queries],
  );
  return { busy, error, run };
}
