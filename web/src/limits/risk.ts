// The risk disclosure that somebody accepts with a copy. Its hash is put behind the transaction's own data, so that who
// signs the transaction signs the text, and the chain keeps which one. A changed text gets a new version; old ones stay,
// so that what was signed can be told.
import { type Hex, keccak256, stringToHex } from "viem";

export interface Disclosure {
  version: number;
  since: string;
  sentences: readonly string[];
}

const DISCLOSURES: readonly Disclosure[] = [
  {
    version: 1,
    since: "2026-12-01",
    sentences: [
      "You can lose everything that you put in.",
      "Past results of a leader say nothing about future ones; what followers got can be worse than what the leader got.",
      "A stop is an instruction, not a guarantee: where prices jump past it, or no keeper acts, you lose more.",
      "Entries are copied without asking you again, until you pause or leave.",
      "The contracts have not been audited. A mistake in them, in a token, in an exchange or in an oracle can cost all of it.",
      "Nobody here knows your means or gives advice. There is no insurance and nobody to give money back.",
    ],
  },
];

export const DISCLOSURE = DISCLOSURES.at(-1) as Disclosure;

/** keccak256 of version and sentences, a line each. */
export function hashOf({ version, sentences }: Disclosure): Hex {
  return keccak256(stringToHex([`Lockstep risk disclosure ${version}`, ...sentences].join("\n")));
}

/** Which disclosure stands behind a transaction's data; null: none that is known. */
export function acceptedIn(data: Hex): Disclosure | null {
  return DISCLOSURES.find((one) => data.endsWith(hashOf(one).slice(2))) ?? null;
}
