// A leader's order: what the wallet signs (EIP-712) and what the API takes. The mirror of `orders/order.py`.
import type { Address, Hex } from "viem";
import { signTypedData } from "viem/actions";
import { post, type Schemas, type Token } from "../api/client";
import { encode } from "./copy";
import { deadlineIn } from "./hub";
import { type Steps, sendToHub } from "./transact";

export const KINDS = ["market", "limit", "stop_limit", "stop_loss", "take_profit"] as const;
export type Kind = (typeof KINDS)[number];

const WAD = 10n ** 18n;
const SCALE = 10n ** 36n;

const domainOf = ({ chainId, hub }: Steps) => ({
  name: "Lockstep",
  version: "1",
  chainId,
  verifyingContract: hub,
});

const TYPES = {
  Order: [
    { name: "trade", type: "TradeParams" },
    { name: "kind", type: "uint8" },
    { name: "minFill", type: "uint64" },
    { name: "triggerPrice", type: "uint256" },
    { name: "nonce", type: "uint256" },
  ],
  TradeParams: [
    { name: "strategyId", type: "uint32" },
    { name: "pool", type: "address" },
    { name: "tokenIn", type: "address" },
    { name: "tokenOut", type: "address" },
    { name: "portion", type: "uint64" },
    { name: "limitPrice", type: "uint256" },
    { name: "deadline", type: "uint40" },
  ],
} as const;

export interface Draft {
  strategyId: number;
  pool: Address;
  tokenIn: Token;
  tokenOut: Token;
  kind: Kind;
  /** 1e18 is all of the leader's holding. */
  portion: bigint;
  /** Units bought per unit sold, times 1e36; 0: none. */
  limitPrice: bigint;
  triggerPrice: bigint;
  seconds: number;
}

/** A price as people say it, base tokens for one token, as the hub wants it: units bought per unit sold, times 1e36.
 * `price` has `digits` digits after its point. Rounded up where it must not be worse (a limit), else down. */
export function toHubPrice(
  price: bigint,
  digits: number,
  side: "buy" | "sell",
  tokenIn: Token,
  tokenOut: Token,
  up: boolean,
): bigint {
  const [whole, inUnits, outUnits] = [
    10n ** BigInt(digits),
    10n ** BigInt(tokenIn.decimals),
    10n ** BigInt(tokenOut.decimals),
  ];
  const [top, bottom] =
    side === "sell"
      ? [SCALE * price * outUnits, whole * inUnits]
      : [SCALE * whole * outUnits, price * inUnits];
  return (top + (up ? bottom - 1n : 0n)) / bottom;
}

export function portionOf(percent: string): bigint | string {
  const match = /^(\d{1,3})(?:\.(\d{1,16}))?$/.exec(percent.trim());
  if (!match) return "A percentage, as 25 or 12.5.";
  const portion = (BigInt(match[1] + (match[2] ?? "").padEnd(16, "0")) * WAD) / 10n ** 18n;
  if (portion === 0n || portion > WAD) return "Above 0 and at most 100.";
  return portion;
}

/** Signs an order and hands it to the API's inbox, from which any keeper carries it. */
export async function signOrder(steps: Steps, draft: Draft): Promise<Hex> {
  const deadline = await deadlineIn(steps.wallet, draft.seconds);
  const leader = steps.wallet.account.address;
  const nonce = nonceOfNow();
  steps.say({
    state: "signing",
    say: "Sign the order in your wallet. It costs nothing: a keeper carries it.",
  });
  const signature = await signTypedData(steps.wallet, {
    account: steps.wallet.account,
    domain: domainOf(steps),
    types: TYPES,
    primaryType: "Order",
    message: {
      trade: {
        strategyId: draft.strategyId,
        pool: draft.pool,
        tokenIn: draft.tokenIn.address as Address,
        tokenOut: draft.tokenOut.address as Address,
        portion: draft.portion,
        limitPrice: draft.limitPrice,
        deadline: Number(deadline),
      },
      kind: KINDS.indexOf(draft.kind),
      minFill: WAD,
      triggerPrice: draft.triggerPrice,
      nonce,
    },
  });
  const body: Schemas["SignedOrder"] = {
    chain_id: String(steps.chainId),
    hub: steps.hub,
    leader,
    strategy_id: String(draft.strategyId),
    pool: draft.pool,
    token_in: draft.tokenIn.address,
    token_out: draft.tokenOut.address,
    portion: String(draft.portion),
    limit_price: String(draft.limitPrice),
    deadline: String(deadline),
    kind: draft.kind,
    min_fill: String(WAD),
    trigger_price: String(draft.triggerPrice),
    nonce: String(nonce),
    signature,
  };
  const answer = await post<{ data: Schemas["Order"] }>("/v1/orders", body);
  return answer.data.hash as Hex;
}

/** Tells this inbox's keepers to leave an order alone, without gas. Whoever else has it can still carry it. */
export async function withdrawOrder(steps: Steps, hash: Hex): Promise<Hex> {
  steps.say({ state: "signing", say: "Sign the cancellation in your wallet. It costs nothing." });
  const signature = await signTypedData(steps.wallet, {
    account: steps.wallet.account,
    domain: domainOf(steps),
    types: { Withdrawal: [{ name: "order", type: "bytes32" }] },
    primaryType: "Withdrawal",
    message: { order: hash },
  });
  await post(`/v1/orders/${hash}/withdrawal`, { signature });
  return hash;
}

/** Closes an order's nonce on chain: nobody can fill it any more. */
export function cancelOrder(steps: Steps, nonce: string): Promise<Hex> {
  const number = BigInt(nonce);
  return sendToHub(steps, [encode("cancelOrders", [number >> 8n, 1n << (number & 255n)])]);
}

/** Any number the leader has not used: the time in microseconds is one. */
function nonceOfNow(): bigint {
  return BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1_000));
}
