// What one can be told of, in words.
import type { Schemas } from "../api/client";

export type RuleKind = Schemas["RuleOrder"]["kinds"][number];

export const FOR_FOLLOWERS: readonly (readonly [RuleKind, string])[] = [
  ["trade_copied", "A trade was copied"],
  ["copy_skipped", "A trade was not copied, and why"],
  ["stop_near", "A stop is near"],
  ["stop_hit", "A stop was reached"],
  ["drawdown", "A vault has fallen"],
  ["out_of_sync", "A vault is out of step with its leader"],
  ["fee_charged", "A fee was charged"],
  ["terms_changed", "A leader changed terms"],
];

export const FOR_LEADERS: readonly (readonly [RuleKind, string])[] = [
  ["order_changed", "An order of yours has moved on"],
];

export const FOR_STAFF: readonly (readonly [RuleKind, string])[] = [
  ["operator_stop", "A stop by operators"],
  ["keeper_trouble", "A keeper is in trouble"],
  ["indexer_trouble", "The indexer is in trouble"],
];

const ALL = new Map<string, string>([...FOR_FOLLOWERS, ...FOR_LEADERS, ...FOR_STAFF]);

export function kindWords(kind: string): string {
  return ALL.get(kind) ?? kind.replaceAll("_", " ");
}

/** What somebody who has just added a channel most likely wants. */
export const FIRST: readonly RuleKind[] = ["copy_skipped", "stop_near", "stop_hit", "terms_changed"];
