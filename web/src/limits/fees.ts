// What a leader's terms cost, in sentences.
import type { Schemas } from "../api/client";
import { bps, decimal, span } from "../format";

export function feeSentences(fees: Schemas["VersionedTerms"]): string[] {
  const found: string[] = [];
  if (fees.copy_bps) found.push(`${bps(fees.copy_bps)} of every copied trade.`);
  if (fees.performance_bps) {
    const when = fees.performance_period_seconds
      ? `every ${span(fees.performance_period_seconds)} and as you withdraw`
      : "as you withdraw";
    found.push(`${bps(fees.performance_bps)} of new gains above your own highest mark, ${when}.`);
  }
  if (fees.management_bps) found.push(`${bps(fees.management_bps)} a year of what you hold.`);
  if (fees.withdrawal_bps) found.push(`${bps(fees.withdrawal_bps)} of what you withdraw.`);
  if (fees.subscription && fees.subscription_period_seconds) {
    const price = `${decimal(fees.subscription.decimal)} ${fees.subscription.symbol}`;
    found.push(`${price} every ${span(fees.subscription_period_seconds)}.`);
  }
  return found.length ? found : ["Nothing: this leader charges no fee."];
}
