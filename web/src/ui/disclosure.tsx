// The risk disclosure, with its version and the hash that is signed.
import { date } from "../format";
import { DISCLOSURE, hashOf } from "../limits/risk";

export function DisclosureText() {
  return (
    <details className="disclosure">
      <summary>
        Risk disclosure, version {DISCLOSURE.version} of {date(DISCLOSURE.since)}
      </summary>
      <ul className="sentences">
        {DISCLOSURE.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p className="help">
        Its hash is signed with your transaction and stays on chain behind its data:{" "}
        <span className="address long">{hashOf(DISCLOSURE)}</span>
      </p>
    </details>
  );
}
