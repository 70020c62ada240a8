// Which hub on which chain. The API says so once; it is remembered, so that withdrawing does not need the API.
import { type Address, type Chain, defineChain } from "viem";
import { arbitrum, base, foundry, mainnet, optimism, sepolia } from "viem/chains";
import type { Protocol } from "../api/client";

export interface Deployment {
  chainId: number;
  hub: Address;
  startBlock: number;
}

const KEY = "lockstep.deployment";

export function remember(found: Protocol): Deployment {
  const deployment = { chainId: found.chain_id, hub: found.hub as Address, startBlock: found.start_block };
  try {
    localStorage.setItem(KEY, JSON.stringify(deployment));
  } catch {
    // Without storage the next visit asks the API again.
  }
  return deployment;
}

export function remembered(): Deployment | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as Deployment | null;
  } catch {
    return null;
  }
}

/** The chain as a wallet knows it. One that viem does not know has no address to give a wallet: it must have it. */
export function chainOf(chainId: number): Chain {
  const known = [mainnet, base, arbitrum, optimism, sepolia, foundry].find((chain) => chain.id === chainId);
  if (known) return known.id === foundry.id ? { ...known, name: "Local test chain" } : known;
  return defineChain({
    id: chainId,
    name: `Chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [] } },
  });
}
