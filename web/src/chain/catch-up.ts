// Holding what the leader holds already: buying, in trades of one's own, what is missing to the leader's weights.
import { type Address, type Hex, parseAbi } from "viem";
import { readContract } from "viem/actions";
import type { Statement, StrategyDetail } from "../api/client";
import { encode } from "./copy";
import { deadlineIn, hubAbi } from "./hub";
import { type Steps, sendToHub } from "./transact";

const oracleAbi = parseAbi(["function quote(address, address, uint256) view returns (uint256)"]);
const BPS = 10_000n;
/** How much worse than the oracle a trade of one's own may be here. */
export const CATCH_UP_BPS = 100;
/** Smaller than this share of equity is in step already. */
const LEAST_BPS = 50n;

export interface Purchase {
  token: Address;
  symbol: string;
  /** Base token units to spend. */
  spend: bigint;
}

/** What to buy so that each token has the leader's share of one's own equity, as far as the cash goes; null where a
 * price is not known. Nothing is sold. */
export function purchases(own: Statement, leader: Statement): Purchase[] | null {
  const [mine, theirs] = [own.profit.equity, leader.profit.equity];
  if (!mine || !theirs || BigInt(theirs.units) === 0n) return null;
  const [equity, whole] = [BigInt(mine.units), BigInt(theirs.units)];
  const base = own.base_token.address;
  const worth = (of: Statement, token: string) =>
    BigInt(of.balances.find((balance) => balance.amount.token === token)?.value?.units ?? 0);
  const wanted = leader.balances
    .filter((balance) => balance.amount.token !== base)
    .map(({ amount, value }) => ({
      token: amount.token as Address,
      symbol: amount.symbol,
      spend: (BigInt(value?.units ?? 0) * equity) / whole - worth(own, amount.token),
    }))
    .filter(({ spend }) => spend > 0n && spend * BPS >= equity * LEAST_BPS);
  const cash = BigInt(own.balances.find((balance) => balance.amount.token === base)?.amount.units ?? 0);
  const all = wanted.reduce((sum, { spend }) => sum + spend, 0n);
  return all > cash ? wanted.map((one) => ({ ...one, spend: (one.spend * cash) / all })) : wanted;
}

/** Buys it all in one transaction; each at most `CATCH_UP_BPS` worse than the oracle, or nothing happens. */
export async function catchUp(
  steps: Steps,
  vaultId: number,
  leader: StrategyDetail,
  wanted: readonly Purchase[],
): Promise<Hex> {
  const { wallet, hub } = steps;
  const base = leader.base_token.address as Address;
  const oracle = await readContract(wallet, { address: hub, abi: hubAbi, functionName: "oracle" });
  const deadline = Number(await deadlineIn(wallet, 600));
  const calls = await Promise.all(
    wanted.map(async ({ token, spend }) => {
      const pool = leader.pools.find((one) =>
        [one.token0.address, one.token1.address].every((each) => each === base || each === token),
      );
      if (!pool) throw new Error("The strategy has no pool for what is missing.");
      const fair = await readContract(wallet, {
        address: oracle,
        abi: oracleAbi,
        functionName: "quote",
        args: [base, token, spend],
      });
      const minOut = (fair * (BPS - BigInt(CATCH_UP_BPS))) / BPS;
      const trade = { vaultId, pool: pool.address, tokenIn: base, tokenOut: token, amountIn: spend };
      return encode("manualTrade", [{ ...trade, minOut, deadline }]);
    }),
  );
  return sendToHub(steps, calls);
}
