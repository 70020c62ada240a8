// One's own link: who opens a vault through it names one as referrer, on chain.
import type { Address } from "viem";
import { Link, useLocation } from "wouter";
import { linkOf } from "../chain/referrer";
import { CopyButton } from "../social/copy-button";
import { Panel } from "../ui/parts";

export function ReferralPanel({ owner }: { owner: Address }) {
  const link = linkOf(owner);
  const [location] = useLocation();
  return (
    <Panel title="Whom you send">
      <p className="muted">
        Who opens a vault through this link names you in it, on chain. Where a leader's terms share fees, the
        contract pays you from the leader's part; it is under “Fees earned” of your account here.
      </p>
      <div className="row">
        <span className="address long">{link}</span>
        <CopyButton text={link} what="the link" />
        {location !== "/referral" && <Link href="/referral">Campaigns and income</Link>}
      </div>
    </Panel>
  );
}
