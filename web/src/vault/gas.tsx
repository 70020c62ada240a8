// What the owner's own transactions cost, apart from the result, which has no gas in it.
import type { Statement } from "../api/client";
import { GasCost } from "../ui/gas";
import { Panel } from "../ui/parts";

export function Gas({ of: { gas } }: { of: Statement }) {
  return (
    <Panel title="Gas">
      <dl className="pairs">
        <dt>Paid by you</dt>
        <dd>
          <GasCost of={gas} />
        </dd>
      </dl>
      <p className="help">
        For opening, changing and leaving this vault, in the chain's own coin; in no figure above. Whoever
        carries a leader's trade pays for its copies.
      </p>
    </Panel>
  );
}
