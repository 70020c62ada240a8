// What a leader's trade would do if it were made now: asked of the contract itself, which is given the trade without
// anybody signing it, between two looks at every balance that it may touch.
import { type Address, decodeFunctionResult, type Hex, parseAbi } from "viem";
import { readContract, simulateContract } from "viem/actions";
import { encode } from "./copy";
import { hubAbi } from "./hub";
import type { Wallet } from "./wallet";

const oracleAbi = parseAbi(["function quote(address, address, uint256) view returns (uint256)"]);
const BPS = 10_000n;
/** The contract's own: the start moves by this of the strategy's trades (`contracts/core/Trades.sol`). */
const START_STEP = 2_654_435_769;
/** So small a part of the order shows the price that nobody has moved. */
const SLIVER = 1_000n;
const NO_DEADLINE = 2 ** 40 - 1;

export interface Intent {
  strategyId: number;
  pool: Address;
  tokenIn: Address;
  tokenOut: Address;
  /** 1e18 is all of the leader's holding. */
  portion: bigint;
}

export interface Preview {
  /** Followers in the first transaction, of so many positions of the strategy. */
  first: number;
  positions: number;
  /** Of the leader and all of them together, copy fees included. */
  sold: bigint;
  bought: bigint;
  /** The common price against the oracle's, and against that of a thousandth of the order; bps, negative: worse. */
  againstOracle: number | null;
  impact: number | null;
}

/** Throws what the contract says where it would refuse the trade. */
export async function previewTrade(wallet: Wallet, hub: Address, intent: Intent): Promise<Preview> {
  const [strategy, batchSize, oracle] = await Promise.all([
    view(wallet, hub, "strategyOf", [intent.strategyId]),
    view(wallet, hub, "batchSize", []),
    view(wallet, hub, "oracle", []),
  ]);
  const followers = await firstMembers(wallet, hub, intent.strategyId, strategy, batchSize);
  const vaults = [strategy.leaderVault, ...followers];
  const moved = await moves(wallet, hub, intent, vaults);
  const [own] = moved as [Move];
  const [fair, sliver] = await Promise.all([
    readContract(wallet, {
      address: oracle,
      abi: oracleAbi,
      functionName: "quote",
      args: [intent.tokenIn, intent.tokenOut, own.sold],
    }).catch(() => null),
    moves(wallet, hub, { ...intent, portion: intent.portion / SLIVER }, [strategy.leaderVault]).catch(
      () => null,
    ),
  ]);
  return {
    first: moved.slice(1).filter((move) => move.bought > 0n).length,
    positions: strategy.memberCount,
    sold: sum(moved.map((move) => move.sold)),
    bought: sum(moved.map((move) => move.bought)),
    againstOracle: fair ? bpsOver(own.bought, fair) : null,
    impact: sliver?.[0]?.sold ? bpsOver(own.bought * sliver[0].sold, sliver[0].bought * own.sold) : null,
  };
}

interface Move {
  sold: bigint;
  bought: bigint;
}

/** What the trade takes from and gives to each vault. */
async function moves(wallet: Wallet, hub: Address, intent: Intent, vaults: number[]): Promise<Move[]> {
  const looks = vaults.flatMap((vault) =>
    [intent.tokenIn, intent.tokenOut].map((token) => encode("vaultBalance", [vault, token])),
  );
  const trade = encode("trade", [{ ...intent, limitPrice: 0n, deadline: NO_DEADLINE }]);
  const { result } = await simulateContract(wallet, {
    address: hub,
    abi: hubAbi,
    functionName: "multicall",
    args: [[...looks, trade, ...looks]],
    account: wallet.account,
  });
  const balance = (place: number) => BigInt(result[place] as Hex);
  return vaults.map((_, place) => {
    const [before, after] = [2 * place, looks.length + 1 + 2 * place];
    return {
      sold: balance(before) - balance(after),
      bought: balance(after + 1) - balance(before + 1),
    };
  });
}

interface Members {
  sequence: number;
  memberCount: number;
}

/** The vaults that the next trade visits in its first transaction, in the contract's order; empty positions left out. */
async function firstMembers(
  wallet: Wallet,
  hub: Address,
  strategyId: number,
  { sequence, memberCount }: Members,
  batchSize: number,
): Promise<number[]> {
  if (memberCount === 0) return [];
  const start = Number((BigInt(Math.imul(sequence + 1, START_STEP) >>> 0) * BigInt(memberCount)) >> 32n);
  const visits = Array.from({ length: Math.min(batchSize, memberCount) }, (_, step) =>
    encode("memberAt", [strategyId, (start + step) % memberCount]),
  );
  const { result } = await simulateContract(wallet, {
    address: hub,
    abi: hubAbi,
    functionName: "multicall",
    args: [visits],
    account: wallet.account,
  });
  return result
    .map((data) => decodeFunctionResult({ abi: hubAbi, functionName: "memberAt", data }))
    .filter((vault) => vault !== 0);
}

function view<Name extends "strategyOf" | "batchSize" | "oracle">(
  wallet: Wallet,
  hub: Address,
  functionName: Name,
  args: readonly unknown[],
) {
  return readContract(wallet, { address: hub, abi: hubAbi, functionName, args } as never) as Promise<
    ReturnType<typeof decodeFunctionResult<typeof hubAbi, Name>>
  >;
}

const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n);

/** How far `value` is over `reference`, in basis points with one place. */
function bpsOver(value: bigint, reference: bigint): number | null {
  return reference === 0n ? null : Number(((value - reference) * BPS * 10n) / reference) / 10;
}
