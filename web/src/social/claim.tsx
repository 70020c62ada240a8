// Claiming a name: the server says what is to be signed, the wallet signs it, and both are shown to everybody.
import { useState } from "react";
import { signMessage } from "viem/actions";
import { useDoing } from "../account/do";
import { useSession } from "../account/session";
import { post } from "../api/client";
import { useDeployment } from "../chain/context";
import { plain } from "../chain/errors";
import { useLink, useWallet } from "../chain/wallet";
import { Field, Notice } from "../ui/parts";
import { WalletButton } from "../ui/wallet";

const SITES = [
  ["x", "X"],
  ["github", "GitHub"],
  ["farcaster", "Farcaster"],
  ["telegram", "Telegram"],
  ["discord", "Discord"],
  ["youtube", "YouTube"],
] as const;

interface ToSign {
  text: string;
  issued: number;
}

export function Claim({ had }: { had: string }) {
  const { busy, error, run } = useDoing();
  const { me } = useSession();
  const link = useLink(useDeployment());
  const wallet = useWallet();
  const [handle, setHandle] = useState(had);
  const [site, setSite] = useState("");
  const [name, setName] = useState("");
  const outside = site && name.trim() ? { site, name: name.trim() } : null;
  async function claim() {
    const wanted = { handle: handle.trim(), outside };
    const { text, issued } = await post<ToSign>("/v1/profile/claim-texts", wanted);
    const connected = await wallet();
    const signature = await signMessage(connected, { account: connected.account, message: text });
    await post("/v1/profile/handle", { ...wanted, issued, signature });
  }
  if (link.state !== "ready") return <WalletButton />;
  if (me && link.address.toLowerCase() !== me.address.toLowerCase()) {
    return (
      <Notice tone="warn" title="The wallet that is connected is another one">
        The name is signed by the address that is signed in:{" "}
        <span className="address long">{me.address}</span>.
      </Notice>
    );
  }
  return (
    <form
      className="stack tight"
      aria-label="Claim a name"
      onSubmit={(event) => {
        event.preventDefault();
        run(claim);
      }}
    >
      <Field
        label="Name"
        help="3 to 20 letters, digits and single _, beginning with a letter. What looks like another's is theirs."
      >
        {(props) => (
          <input
            {...props}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={20}
            value={handle}
            onChange={(event) => setHandle(event.target.value)}
          />
        )}
      </Field>
      <div className="grid">
        <Field label="Also known on" help="If you like: a text to put up there is made for you.">
          {(props) => (
            <select {...props} value={site} onChange={(event) => setSite(event.target.value)}>
              <option value="">nowhere</option>
              {SITES.map(([code, label]) => (
                <option key={code} value={code}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {site && (
          <Field label="As">
            {(props) => (
              <input
                {...props}
                autoComplete="off"
                maxLength={40}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        )}
      </div>
      <div>
        <button type="submit" className="primary" disabled={busy || handle.trim().length < 3}>
          {busy ? "Sign the text in your wallet …" : "Claim and sign"}
        </button>
      </div>
      {error && (
        <Notice tone="bad" title={plain(error).title}>
          {plain(error).remedy}
        </Notice>
      )}
    </form>
  );
}
