// What came of sending people: sums alone, and none that would point at somebody.
import type { Amount as AmountData } from "../api/client";
import type { Referrals } from "../api/social";
import { count } from "../format";
import { Amount } from "../ui/figures";

type Result = Referrals["total"];

export const FEW = "Said from five people on, so that nobody is recognised.";

/** How many came; `few` where it is not said. */
export function People({ of: { people, vaults }, few }: { of: Result; few: string }) {
  if (people === null && vaults > 0)
    return (
      <span className="muted" title={FEW}>
        {few}
      </span>
    );
  return <span className="figure">{count(people ?? 0)}</span>;
}

/** Several tokens' amounts, or why they are not said. */
export function Amounts({ of: amounts }: { of: readonly AmountData[] | null }) {
  if (amounts === null)
    return (
      <span className="muted" title={FEW}>
        not said
      </span>
    );
  if (amounts.length === 0) return <span className="muted">none</span>;
  return (
    <>
      {amounts.map((amount) => (
        <span key={amount.token} className="one-of-several">
          <Amount of={amount} />
        </span>
      ))}
    </>
  );
}
