// Who is signed in to the API, and signing in: the wallet signs a message of the server's (EIP-4361), and the server
// puts the session into a cookie that no script can read. Nothing of it is kept here.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { signMessage } from "viem/actions";
import { ApiProblem, get, post, remove, type Schemas } from "../api/client";
import { CALM } from "../api/live";
import { useWallet } from "../chain/wallet";

export type Me = Schemas["Me"];

/** Who is signed in; null for nobody. */
export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await get("/v1/session", { signal });
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
  meta: CALM,
});

export function useSession(): {
  me: Me | null | undefined;
  signIn: () => Promise<void>;
  signOut: () => Promise<void>;
} {
  const queries = useQueryClient();
  const wallet = useWallet();
  const found = useQuery(me);
  const signIn = useCallback(async () => {
    const connected = await wallet();
    const { address } = connected.account;
    const { message } = await post<Schemas["ToSign"]>("/v1/session/nonce", { address });
    const signature = await signMessage(connected, { account: connected.account, message });
    await post("/v1/session", { message, signature, cookie: true });
    await queries.invalidateQueries();
  }, [wallet, queries]);
  const signOut = useCallback(async () => {
    await remove("/v1/session");
    queries.setQueryData(me.queryKey, null);
    await queries.invalidateQueries();
  }, [queries]);
  return { me: found.data, signIn, signOut };
}
