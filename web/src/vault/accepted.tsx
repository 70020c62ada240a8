// Which risk disclosure was accepted when a vault was opened, as the chain has it.
import { useQuery } from "@tanstack/react-query";
import type { Hex } from "viem";
import { getTransaction } from "viem/actions";
import type { Vault } from "../api/client";
import { useDeployment } from "../chain/context";
import { useLink, useWallet } from "../chain/wallet";
import { date } from "../format";
import { acceptedIn } from "../limits/risk";

export function Accepted({ vault: found }: { vault: Vault }) {
  const link = useLink(useDeployment());
  const wallet = useWallet();
  const hash = found.opened.transaction as Hex;
  const query = useQuery({
    queryKey: ["accepted", hash],
    queryFn: async () => acceptedIn((await getTransaction(await wallet(), { hash })).input),
    enabled: link.state === "ready",
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!query.data) return null;
  return (
    <p className="help" title={`Transaction ${hash}`}>
      Risk disclosure {query.data.version} of {date(query.data.since)} was accepted in the transaction that
      opened this vault.
    </p>
  );
}
