// Why a copy is not the leader's own number.
import type { Schemas, Statement } from "../api/client";
import { Amount } from "../ui/figures";
import { Explain, Panel } from "../ui/parts";

export function Tracking({ of: { tracking } }: { of: Statement }) {
  if (!tracking) return null;
  const parts: [string, string, Schemas["Amount"] | null][] = [
    ["Trades not copied", "Skips, and trades made without the leader.", tracking.skips],
    ["Size", "Other parts of the holding were sold than the leader's portion.", tracking.sizing],
    ["Later batches", "What the oracle's price had moved by.", tracking.timing],
    ["Price", "The rest of a batch's price: depth and the pool's fee.", tracking.price],
    ["Fees", "Every kind of fee, and what fees cost in growth.", tracking.fees],
  ];
  return (
    <Panel title="Why it is not the leader's number">
      <dl className="pairs">
        {parts.map(([name, help, amount]) => (
          <div key={name}>
            <dt>
              <Explain text={help}>{name}</Explain>
            </dt>
            <dd>
              <Amount of={amount} sign />
            </dd>
          </div>
        ))}
        <div className="total">
          <dt>Difference</dt>
          <dd>
            <Amount of={tracking.difference} sign />
          </dd>
        </div>
      </dl>
      {tracking.unavailable && <p className="help">{tracking.unavailable}</p>}
    </Panel>
  );
}
