// What a wallet signed about a name, so that anybody can check it without this server.
import type { Profile } from "../api/social";
import { dateTime } from "../format";
import { Panel } from "../ui/parts";
import { CopyButton } from "./copy-button";

export function Proof({ of: { handle, proof, outside } }: { of: Profile }) {
  return (
    <Panel title="How this is known">
      <p className="muted">
        The wallet signed a text that names “<bdi>{handle}</bdi>”, on {dateTime(proof.signed)}.
      </p>
      <details>
        <summary>Text and signature</summary>
        <pre className="signed">{proof.text}</pre>
        <p className="address long">{proof.signature}</p>
      </details>
      {outside && (
        <>
          <p>
            Says to be <bdi>{outside.name}</bdi> on {outside.site}.
          </p>
          <p className="help">True if this stands there, put up by that name. This server does not look:</p>
          <pre className="signed">{outside.post}</pre>
          <CopyButton text={outside.post} what="the text" />
        </>
      )}
    </Panel>
  );
}
