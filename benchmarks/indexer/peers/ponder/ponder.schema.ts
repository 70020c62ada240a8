import { onchainTable } from "ponder";

export const hubEvent = onchainTable("hub_event", (t) => ({
  id: t.text().primaryKey(),
  block: t.integer().notNull(),
  logIndex: t.integer().notNull(),
  transaction: t.text().notNull(),
  name: t.text().notNull(),
  args: t.text().notNull(),
}));
