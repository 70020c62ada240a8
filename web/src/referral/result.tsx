// What came of sending people: sums alone, and none that would point at somebody.
import type { Amount as AmountData } from "../api/client";
import { Amount } from "../ui/figures";

export const FEW = "Said from five people on, so that nobody is recognised.";

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
