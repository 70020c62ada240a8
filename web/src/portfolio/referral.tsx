// One's own link: who opens a vault through it names one as referrer, on chain.
import { useState } from "react";
import type { Address } from "viem";
import { linkOf } from "../chain/referrer";
import { Panel } from "../ui/parts";

export function ReferralPanel({ owner }: { owner: Address }) {
  const link = linkOf(owner);
  const [copied, setCopied] = useState(false);
  return (
    <Panel title="Whom you send">
      <p className="muted">
        Who opens a vault through this link names you in it, on chain. Where a leader's terms share fees, the
        contract pays you from the leader's part; it is under “Fees earned” above.
      </p>
      <div className="row">
        <span className="address long">{link}</span>
        <button
          type="button"
          className="small"
          onClick={() => navigator.clipboard.writeText(link).then(() => setCopied(true))}
        >
          {copied ? "Copied" : "Copy the link"}
        </button>
      </div>
    </Panel>
  );
}
