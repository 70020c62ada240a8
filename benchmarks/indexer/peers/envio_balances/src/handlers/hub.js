import { readFileSync } from "node:fs";
import { Hub } from "generated";

const { abi } = JSON.parse(readFileSync("job.json", "utf8"));
const text = (_, value) => (typeof value === "bigint" ? value.toString() : value);

// What an event adds to which account, told by the event itself and by its trade's tokens. Who gets a fee is left
// out, and so is the check that nothing falls below zero.
const moves = {
  Deposited: ({ owner, token, amount }) => [[`account-${owner}-${token}`, amount]],
  Withdrawn: ({ owner, token, amount }) => [[`account-${owner}-${token}`, -amount]],
  Allocated: ({ vaultId, owner, token, amount }) => [
    [`account-${owner}-${token}`, -amount],
    [`vault-${vaultId}-${token}`, amount],
  ],
  Deallocated: ({ vaultId, owner, token, amount }) => [
    [`vault-${vaultId}-${token}`, -amount],
    [`account-${owner}-${token}`, amount],
  ],
  FeeCharged: ({ vaultId, token, amount }) => [[`vault-${vaultId}-${token}`, -amount]],
  TradeCopied: ({ vaultId, amountIn, fee, amountOut }, { tokenIn, tokenOut }) => [
    [`vault-${vaultId}-${tokenIn}`, -(amountIn + fee)],
    [`vault-${vaultId}-${tokenOut}`, amountOut],
  ],
  BatchCleared: ({ venue, tokenIn, tokenOut, amountIn, amountOut }) => [
    [`venue-${venue}-${tokenIn}`, amountIn],
    [`venue-${venue}-${tokenOut}`, -amountOut],
  ],
};

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
    if (name === "TradeOpened") {
      const { tradeId, tokenIn, tokenOut } = event.params;
      context.Trade.set({ id: tradeId.toString(), tokenIn, tokenOut });
    }
    if (!(name in moves)) return;
    const trade = name === "TradeCopied" && (await context.Trade.get(event.params.tradeId.toString()));
    if (trade === undefined) return; // while Envio only looks at what to load
    for (const [id, amount] of moves[name](event.params, trade)) {
      const balance = await context.Balance.get(id);
      context.Balance.set({ id, amount: (balance?.amount ?? 0n) + amount });
    }
  });
}
