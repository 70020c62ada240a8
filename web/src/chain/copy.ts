// Copying a leader: how much must come in, and the calls that make it one transaction.
import { type Address, encodeFunctionData, type Hex, parseSignature, zeroAddress } from "viem";
import { signTypedData } from "viem/actions";
import type { PolicyStruct } from "../limits/policy";
import { deadlineIn, hubAbi, type Money, readPermit } from "./hub";
import { approve, approveAndSend, canBatch, type Steps, sendToHub } from "./transact";

/** The largest share of one's money with one leader that the hub allows an owner to choose. */
export const HIGHEST_CAP_BPS = 5_000;

/** What must be deposited so that `amount` may go to the leader, rounded up: the hub demands
 * withLeader + amount ≤ floor(total · cap / 10,000), total being idle and invested (docs/limits.md). */
export function depositFor(amount: bigint, money: Money, capBps: number): bigint {
  const withLeader = money.withLeader + amount;
  const total = (withLeader * 10_000n + BigInt(capBps) - 1n) / BigInt(capBps);
  const forCap = total - money.idle - money.invested;
  const forAmount = amount - money.idle;
  const needed = forCap > forAmount ? forCap : forAmount;
  return needed > 0n ? needed : 0n;
}

export interface CopyPlan {
  strategyId: number;
  token: Address;
  amount: bigint;
  deposit: bigint;
  capBps: number;
  termsVersion: number;
  policy: PolicyStruct;
  /** An existing vault that gets more; null opens one. */
  vaultId: number | null;
  /** Who is written into a new vault as having sent its owner. */
  referrer?: Address | null;
}

/** Deposits, opens the vault with its limits and funds it, in one transaction; a signature goes before it where the
 * token has permits, an approval where it has none and the wallet cannot batch. */
export async function copyLeader(steps: Steps, plan: CopyPlan, money: Money): Promise<Hex> {
  const calls: Hex[] = [];
  if (plan.capBps !== money.capBps) calls.push(encode("setLeaderCap", [plan.capBps]));
  const rest = plan.vaultId === null ? openCall(plan) : encode("allocate", [plan.vaultId, plan.amount]);
  if (plan.deposit === 0n) return sendToHub(steps, [...calls, rest]);
  const deposit = encode("deposit", [plan.token, plan.deposit, steps.wallet.account.address]);
  if (money.allowance >= plan.deposit) return sendToHub(steps, [...calls, deposit, rest]);
  const permit = await permitCall(steps, plan);
  if (permit) return sendToHub(steps, [...calls, permit, rest]);
  const whole = [...calls, deposit, rest];
  if (await canBatch(steps)) return approveAndSend(steps, plan.token, plan.deposit, whole);
  await approve(steps, plan.token, plan.deposit);
  return sendToHub(steps, whole);
}

function openCall(plan: CopyPlan): Hex {
  const who = plan.referrer ?? zeroAddress;
  return encode("openVault", [plan.strategyId, plan.policy, plan.amount, plan.termsVersion, who]);
}

async function permitCall(steps: Steps, { token, deposit }: CopyPlan): Promise<Hex | null> {
  const { wallet, hub, chainId, say } = steps;
  const found = await readPermit(wallet, chainId, token);
  if (!found) return null;
  const { nonce, ...domain } = found;
  const deadline = await deadlineIn(wallet, 3_600);
  say({
    state: "signing",
    say: "Sign the permit in your wallet. It costs nothing; the transaction follows.",
  });
  const signature = await signTypedData(wallet, {
    account: wallet.account,
    domain,
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: { owner: wallet.account.address, spender: hub, value: deposit, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  return encode("depositWithPermit", [token, deposit, deadline, 27 + yParity, r, s]);
}

type Encode = Parameters<typeof encodeFunctionData<typeof hubAbi>>[0];

/** One call of the hub. */
export function encode(functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: hubAbi, functionName, args } as unknown as Encode);
}
