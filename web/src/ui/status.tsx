import type { Schemas } from "../api/client";
import { Badge, type Tone } from "./parts";

const STATUS: Record<Schemas["Vault"]["status"], [Tone, string]> = {
  Active: ["good", "Copying"],
  Paused: ["warn", "Paused by you"],
  Suspended: ["bad", "Suspended by a limit"],
  Exiting: ["warn", "Leaving: for sale"],
  Left: ["quiet", "Left"],
};

export function VaultStatus({ of }: { of: Schemas["Vault"]["status"] }) {
  const [tone, words] = STATUS[of];
  return <Badge tone={tone}>{words}</Badge>;
}

/** `below_minimum_trade` as "Below minimum trade". */
export function reasonName(name: string): string {
  const words = name.replaceAll("_", " ");
  return words[0]?.toUpperCase() + words.slice(1);
}

export function Reason({ of }: { of: Schemas["Reason"] }) {
  return (
    <div className="reason">
      <Badge tone="warn">{reasonName(of.name)}</Badge>
      <p>{of.meaning}</p>
      <p className="remedy">{of.what_to_do.replaceAll("`", "")}</p>
    </div>
  );
}
