// One transaction from the first look to the receipt, with every state that a person may have to understand.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type Address, concat, encodeFunctionData, erc20Abi, type Hex } from "viem";
import {
  call,
  getCapabilities,
  sendCalls,
  sendTransaction,
  simulateContract,
  waitForCallsStatus,
  waitForTransactionReceipt,
  writeContract,
} from "viem/actions";
import { useDeployment } from "./context";
import { type Plain, plain } from "./errors";
import { hubAbi } from "./hub";
import { useWallet, type Wallet } from "./wallet";

export type Progress =
  | { state: "idle" }
  | { state: "checking" | "signing"; say: string }
  | { state: "mining"; say: string; hash?: Hex }
  | { state: "done"; hash: Hex; say: string }
  | { state: "failed"; problem: Plain };

export interface Steps {
  say: (progress: Progress) => void;
  wallet: Wallet;
  hub: Address;
  chainId: number;
  /** Goes behind the transaction's data, where no contract looks: what its signer signs with it. */
  sign?: Hex;
}

/** Runs `work` with the connected wallet and tells how it stands. Answers whether it went through. */
export function useTransact(): {
  progress: Progress;
  busy: boolean;
  run: (work: (steps: Steps) => Promise<Hex>, done: string) => Promise<boolean>;
  reset: () => void;
} {
  const [progress, say] = useState<Progress>({ state: "idle" });
  const { hub, chainId } = useDeployment();
  const connected = useWallet();
  const queries = useQueryClient();
  const run = useCallback(
    async (work: (steps: Steps) => Promise<Hex>, done: string) => {
      try {
        say({ state: "checking", say: "Asking the contract whether this will work …" });
        const hash = await work({ say, wallet: await connected(), hub, chainId });
        say({ state: "done", hash, say: done });
        await queries.invalidateQueries();
        return true;
      } catch (error) {
        say({ state: "failed", problem: plain(error) });
        return false;
      }
    },
    [connected, hub, chainId, queries],
  );
  const busy = progress.state === "checking" || progress.state === "signing" || progress.state === "mining";
  return { progress, busy, run, reset: useCallback(() => say({ state: "idle" }), []) };
}

/** Several calls of the hub as one transaction. */
export async function sendToHub({ say, wallet, hub, sign }: Steps, calls: Hex[]): Promise<Hex> {
  const suffix = sign ? { dataSuffix: sign } : {};
  const request = { address: hub, abi: hubAbi, functionName: "multicall", args: [calls], ...suffix } as const;
  await simulateContract(wallet, { ...request, account: wallet.account });
  say({ state: "signing", say: "Confirm the transaction in your wallet." });
  const hash = await writeContract(wallet, {
    ...request,
    chain: wallet.chain ?? null,
    account: wallet.account,
  });
  return settled({ say, wallet }, hash);
}

/** A call that somebody else has drawn up, tried before it is signed. */
export async function sendRaw({ say, wallet }: Steps, to: Address, data: Hex): Promise<Hex> {
  await call(wallet, { to, data, account: wallet.account });
  say({ state: "signing", say: "Confirm the transaction in your wallet." });
  const hash = await sendTransaction(wallet, {
    to,
    data,
    chain: wallet.chain ?? null,
    account: wallet.account,
  });
  return settled({ say, wallet }, hash);
}

export async function approve(steps: Steps, token: Address, amount: bigint): Promise<void> {
  const { say, wallet, hub } = steps;
  say({ state: "signing", say: "First of two: allow the contract to take exactly this amount." });
  const request = { address: token, abi: erc20Abi, functionName: "approve", args: [hub, amount] } as const;
  const hash = await writeContract(wallet, {
    ...request,
    chain: wallet.chain ?? null,
    account: wallet.account,
  });
  await settled(steps, hash);
}

/** Whether the wallet itself can make several calls one transaction (EIP-5792). */
export async function canBatch({ wallet, chainId }: Steps): Promise<boolean> {
  try {
    const { atomic } = await getCapabilities(wallet, { account: wallet.account, chainId });
    return atomic?.status === "supported" || atomic?.status === "ready";
  } catch {
    return false; // a wallet that has never heard of it
  }
}

export async function approveAndSend(
  steps: Steps,
  token: Address,
  amount: bigint,
  calls: Hex[],
): Promise<Hex> {
  const { say, wallet, hub, sign } = steps;
  say({ state: "signing", say: "Confirm the transaction in your wallet." });
  const allow = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [hub, amount] });
  const act = encodeFunctionData({ abi: hubAbi, functionName: "multicall", args: [calls] });
  const signed = sign ? concat([act, sign]) : act;
  const { id } = await sendCalls(wallet, {
    account: wallet.account,
    chain: wallet.chain,
    forceAtomic: true,
    calls: [
      { to: token, data: allow },
      { to: hub, data: signed },
    ],
  });
  say({ state: "mining", say: "Sent. Waiting for a block …" });
  const { receipts, status } = await waitForCallsStatus(wallet, { id });
  const hash = receipts?.at(-1)?.transactionHash;
  if (status !== "success" || !hash)
    throw new Error("The wallet's batch of calls failed; nothing has changed.");
  return hash;
}

/** Waits for the block. A transaction that was sped up counts by what replaced it; one that was cancelled fails. */
async function settled({ say, wallet }: Pick<Steps, "say" | "wallet">, sent: Hex): Promise<Hex> {
  say({ state: "mining", say: "Sent. Waiting for a block …", hash: sent });
  let cancelled = false;
  const receipt = await waitForTransactionReceipt(wallet, {
    hash: sent,
    pollingInterval: 500,
    onReplaced: ({ reason, transaction }) => {
      cancelled = reason !== "repriced";
      say({ state: "mining", say: "Replaced in your wallet. Waiting for a block …", hash: transaction.hash });
    },
  });
  if (cancelled) throw new Error("It was cancelled or replaced by another transaction in your wallet.");
  if (receipt.status !== "success")
    throw new Error("The transaction was mined but failed; nothing has changed.");
  return receipt.transactionHash;
}
