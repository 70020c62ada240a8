// Who is to be written into a new vault as having sent its owner: an address, or whoever a campaign's code stands for.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import { ApiProblem } from "../api/client";
import { type Campaign, campaign } from "../api/social";
import { forgetReferrer, keptReferrer } from "../chain/referrer";

export interface Sender {
  address: Address;
  campaign: Campaign | null;
}

/** For a strategy's new vault of `owner`'s; null for nobody, who one is oneself, or a campaign that is not for it. */
export function useSender(
  strategyId: number,
  owner: Address | null,
): { sender: Sender | null; asking: boolean; leaveOut: () => void } {
  const [kept, setKept] = useState(keptReferrer);
  const code = kept && "code" in kept ? kept.code : "";
  const asked = useQuery({
    ...campaign(code),
    enabled: code !== "",
    retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status === 404),
  });
  const found = asked.data;
  const fits = found?.state === "open" && (found.strategy_id === null || found.strategy_id === strategyId);
  const address =
    kept && "address" in kept ? kept.address : found && fits ? (found.referrer as Address) : null;
  const own = address !== null && owner !== null && address.toLowerCase() === owner.toLowerCase();
  return {
    sender: address && !own ? { address, campaign: found && fits ? found : null } : null,
    asking: code !== "" && asked.isLoading,
    leaveOut: () => {
      forgetReferrer();
      setKept(null);
    },
  };
}
