// Who sent somebody here: named in a link (`?ref=0x…`), kept until a vault is opened, and written into it by the
// contract, which pays them a share of the leader's fees. It costs who was sent nothing.
import { type Address, getAddress, isAddress } from "viem";

const KEY = "lockstep.referrer";
const PARAMETER = "ref";

/** Takes the address out of the page's own, if it names one. The first who sent somebody counts. */
export function noteReferrer(): void {
  const named = new URLSearchParams(location.search).get(PARAMETER);
  if (!named || !isAddress(named, { strict: false })) return;
  try {
    if (!localStorage.getItem(KEY)) localStorage.setItem(KEY, getAddress(named));
  } catch {
    // Then nobody is paid.
  }
}

export function keptReferrer(): Address | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept && isAddress(kept) ? kept : null;
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

export function linkOf(owner: Address): string {
  return `${location.origin}/?${PARAMETER}=${owner}`;
}
