import { readFileSync } from "node:fs";
import { ponder } from "ponder:registry";
import { hubEvent } from "ponder:schema";

const { abi } = JSON.parse(readFileSync("job.json", "utf8"));
const text = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);

// One row an event, with its decoded arguments: what every indexer here writes.
for (const { name } of abi) {
  ponder.on(`Hub:${name}` as never, async ({ event, context }: any) => {
    await context.db.insert(hubEvent).values({
      id: event.id,
      block: Number(event.block.number),
      logIndex: event.log.logIndex,
      transaction: event.transaction.hash,
      name,
      args: JSON.stringify(event.args, text),
    });
  });
}
