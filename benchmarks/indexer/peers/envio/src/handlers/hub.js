import { readFileSync } from "node:fs";
import { Hub } from "generated";

const { abi } = JSON.parse(readFileSync("job.json", "utf8"));
const text = (_, value) => (typeof value === "bigint" ? value.toString() : value);

// One row an event, with its decoded arguments: what every indexer here writes.
for (const { name } of abi) {
  Hub[name].handler(async ({ event, context }) => {
    context.HubEvent.set({
      id: `${event.block.number}-${event.logIndex}`,
      block: event.block.number,
      logIndex: event.logIndex,
      transaction: event.transaction.hash,
      name,
      args: JSON.stringify(event.params, text),
    });
  });
}
