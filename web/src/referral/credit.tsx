// Saying by which campaign one came. The chain has only who sent one; the rest is said by a signed-in act, or not at all.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import { useDoing } from "../account/do";
import { useSession } from "../account/session";
import { post } from "../api/client";
import { vaultsOf } from "../api/queries";
import type { Campaign } from "../api/social";
import { plain } from "../chain/errors";
import { Notice } from "../ui/parts";

interface CreditProps {
  campaign: Campaign;
  owner: Address;
  strategyId: number;
}

export function Credit({ campaign, owner, strategyId }: CreditProps) {
  const { me, signIn } = useSession();
  const { busy, error, run } = useDoing();
  const [done, setDone] = useState(false);
  const opened = useQuery(vaultsOf(owner)).data?.filter(
    (vault) =>
      vault.strategy_id === strategyId && vault.referrer?.toLowerCase() === campaign.referrer.toLowerCase(),
  );
  const vault = opened?.reduce((newest, one) => Math.max(newest, one.id), 0);
  if (!vault) return null;
  if (done) return <Notice tone="good" title={`Said: you came by “${campaign.title}”`} />;
  return (
    <Notice
      title={`You came by “${campaign.title}”`}
      action={
        <button
          type="button"
          className="small"
          disabled={busy}
          onClick={() =>
            run(
              async () => {
                if (me?.address.toLowerCase() !== owner.toLowerCase()) await signIn();
                await post("/v1/campaign-notes", { code: campaign.code, vault_id: vault });
              },
              () => setDone(true),
            )
          }
        >
          Say so
        </button>
      }
    >
      Your vault names who sent you either way. If you say by which campaign, they can count it there; they
      see no address. It needs signing in.
      {error && ` ${plain(error).title} ${plain(error).remedy}`}
    </Notice>
  );
}
