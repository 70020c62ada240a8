// Who sent somebody here: named in a link (`?ref=0x…`, or the code of a campaign), kept until a vault is opened, and
// written into it by the contract, which pays them a share of the leader's fees. It costs who was sent nothing.
import { type Address, getAddress, isAddress } from "viem";

const KEY = "lockstep.referrer";
const PARAMETER = "ref";
/** As the server takes codes; which there are, only it knows. */
const CODE = /^[A-Za-z](_?[A-Za-z0-9]){2,19}$/;

export type Referrer = { address: Address } | { code: string };

/** Takes it out of the page's own address, if that names one. The first who sent somebody counts. */
export function noteReferrer(): void {
  const named = new URLSearchParams(location.search).get(PARAMETER);
  if (!named) return;
  const kept = isAddress(named, { strict: false }) ? getAddress(named) : CODE.test(named) ? named : null;
  try {
    if (kept && !localStorage.getItem(KEY)) localStorage.setItem(KEY, kept);
  } catch {
    // Then nobody is paid.
  }
}

export function keptReferrer(): Referrer | null {
  try {
    const kept = localStorage.getItem(KEY);
    if (!kept) return null;
    return isAddress(kept) ? { address: kept } : CODE.test(kept) ? { code: kept } : null;
  } catch {
    return null;
  }
}

export function forgetReferrer(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // There was none.
  }
}

/** A link that names an address, or a campaign and the page of the strategy that it is for. */
export function linkOf(who: string, strategyId: number | null = null): string {
  const path = strategyId === null ? "/" : `/leaders/${strategyId}`;
  return `${location.origin}${path}?${PARAMETER}=${encodeURIComponent(who)}`;
}
