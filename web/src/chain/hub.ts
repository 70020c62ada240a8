// What is read from the hub and the tokens, through the wallet.
import { type Address, domainSeparator, erc20Abi, parseAbi } from "viem";
import { getBlock, getCode, getLogs, readContract } from "viem/actions";
import { hubAbi } from "../generated/hub";
import type { Deployment } from "./deployment";
import type { Wallet } from "./wallet";

export { hubAbi };

const permitAbi = parseAbi([
  "function version() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
  "function DOMAIN_SEPARATOR() view returns (bytes32)",
]);

/** An owner's money for one base token, and how much of it may go to one leader. Token units; bps. */
export interface Money {
  wallet: bigint;
  allowance: bigint;
  idle: bigint;
  invested: bigint;
  withLeader: bigint;
  capBps: number;
}

export async function readMoney(
  wallet: Wallet,
  { hub }: Pick<Deployment, "hub">,
  token: Address,
  leader: Address,
): Promise<Money> {
  const owner = wallet.account.address;
  const [held, allowance, idle, invested, capBps] = await Promise.all([
    readContract(wallet, { address: token, abi: erc20Abi, functionName: "balanceOf", args: [owner] }),
    readContract(wallet, { address: token, abi: erc20Abi, functionName: "allowance", args: [owner, hub] }),
    readContract(wallet, { address: hub, abi: hubAbi, functionName: "accountBalance", args: [owner, token] }),
    readContract(wallet, {
      address: hub,
      abi: hubAbi,
      functionName: "investedOf",
      args: [owner, token, leader],
    }),
    readContract(wallet, { address: hub, abi: hubAbi, functionName: "leaderCapOf", args: [owner] }),
  ]);
  return { wallet: held, allowance, idle, invested: invested[0], withLeader: invested[1], capBps };
}

export interface PermitDomain {
  name: string;
  version: string;
  chainId: number;
  verifyingContract: Address;
  nonce: bigint;
}

/** What a permit of this token must say, or null: the token has none, or the owner is a contract and cannot sign one.
 * The domain is only believed when its hash is the token's own. */
export async function readPermit(
  wallet: Wallet,
  chainId: number,
  token: Address,
): Promise<PermitDomain | null> {
  const owner = wallet.account.address;
  const code = await getCode(wallet, { address: owner });
  if (code && code !== "0x" && !code.startsWith("0xef0100")) return null;
  try {
    const [name, nonce, separator, version] = await Promise.all([
      readContract(wallet, { address: token, abi: erc20Abi, functionName: "name" }),
      readContract(wallet, { address: token, abi: permitAbi, functionName: "nonces", args: [owner] }),
      readContract(wallet, { address: token, abi: permitAbi, functionName: "DOMAIN_SEPARATOR" }),
      readContract(wallet, { address: token, abi: permitAbi, functionName: "version" }).catch(() => "1"),
    ]);
    const domain = { name, version, chainId, verifyingContract: token };
    return domainSeparator({ domain }) === separator ? { ...domain, nonce } : null;
  } catch {
    return null; // a token without one of these has no permit
  }
}

/** A signature's deadline must be ahead of the chain's clock, which need not be the wall's. Unix seconds. */
export async function deadlineIn(wallet: Wallet, seconds: number): Promise<bigint> {
  const { timestamp } = await getBlock(wallet);
  const now = BigInt(Math.floor(Date.now() / 1000));
  return (timestamp > now ? timestamp : now) + BigInt(seconds);
}

/** A vault as the contract has it: enough to leave with everything. */
export interface VaultOnChain {
  id: number;
  strategyId: number;
  status: number;
  holdings: { token: Address; symbol: string; decimals: number; units: bigint }[];
}

/** A wallet's vaults, from the hub's own events: for when nothing else answers. */
export async function readVaults(wallet: Wallet, { hub, startBlock }: Deployment): Promise<VaultOnChain[]> {
  const event = hubAbi.find((part) => part.type === "event" && part.name === "VaultOpened");
  const owner = wallet.account.address;
  const logs = await getLogs(wallet, {
    address: hub,
    event: event as Extract<typeof event, { name: "VaultOpened" }>,
    args: { owner },
    fromBlock: BigInt(startBlock),
  });
  return Promise.all(logs.map((log) => readVault(wallet, hub, Number(log.args.vaultId))));
}

async function readVault(wallet: Wallet, hub: Address, id: number): Promise<VaultOnChain> {
  const head = await readContract(wallet, { address: hub, abi: hubAbi, functionName: "vaultOf", args: [id] });
  const tokens = await readContract(wallet, {
    address: hub,
    abi: hubAbi,
    functionName: "tokensOf",
    args: [head.strategyId],
  });
  const holdings = await Promise.all(
    tokens.map(async (token) => {
      const [symbol, decimals, units] = await Promise.all([
        readContract(wallet, { address: token, abi: erc20Abi, functionName: "symbol" }),
        readContract(wallet, { address: token, abi: erc20Abi, functionName: "decimals" }),
        readContract(wallet, { address: hub, abi: hubAbi, functionName: "vaultBalance", args: [id, token] }),
      ]);
      return { token, symbol, decimals, units };
    }),
  );
  return { id, strategyId: head.strategyId, status: head.status, holdings };
}
