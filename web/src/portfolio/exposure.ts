// What an owner holds of each token over all vaults, and what share of the whole that is.
import type { Amount, Schemas } from "../api/client";
import { units } from "../format";

export interface Exposure {
  token: string;
  symbol: string;
  held: Amount;
  /** In the base token; null where a part has no price. */
  worth: Amount | null;
  /** Of all that is worth something, in parts of 1; null as `worth`. */
  share: number | null;
  vaults: number;
}

/** Of the vaults that are counted in one base token; the largest first, what has no price last. */
export function exposures(
  vaults: readonly Schemas["VaultStanding"][],
  base: Schemas["Token"],
  decimalsOf: (token: string) => number,
): Exposure[] {
  const found = new Map<string, { symbol: string; held: bigint; worth: bigint | null; vaults: number }>();
  for (const { balances } of vaults) {
    for (const { amount, value } of balances) {
      const own = amount.token === base.address ? amount.units : value?.units;
      const so = found.get(amount.token) ?? { symbol: amount.symbol, held: 0n, worth: 0n, vaults: 0 };
      so.held += BigInt(amount.units);
      so.worth = so.worth === null || own === undefined ? null : so.worth + BigInt(own);
      so.vaults += 1;
      found.set(amount.token, so);
    }
  }
  const whole = [...found.values()].reduce((sum, { worth }) => sum + (worth ?? 0n), 0n);
  return [...found]
    .sort(([, one], [, other]) => Number((other.worth ?? -1n) - (one.worth ?? -1n)))
    .map(([token, { symbol, held, worth, vaults: count }]) => ({
      token,
      symbol,
      held: amountOf(token, symbol, held, decimalsOf(token)),
      worth: worth === null ? null : amountOf(base.address, base.symbol, worth, base.decimals),
      share: worth === null || whole === 0n ? null : Number((worth * 10_000n) / whole) / 10_000,
      vaults: count,
    }));
}

function amountOf(token: string, symbol: string, value: bigint, decimals: number): Amount {
  return { token, symbol, units: String(value), decimal: units(value, decimals) };
}
