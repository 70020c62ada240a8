// The wallet: what the browser announces (EIP-6963) or injects. The page asks no node of its own: whatever it
// reads from the chain, it reads through the wallet.
import { useCallback } from "react";
import type { Account, Address, Chain, Client, Transport } from "viem";
import { type Config, createConfig, custom, injected, useConnection, useConnectorClient } from "wagmi";
import { chainOf, type Deployment } from "./deployment";

export type Wallet = Client<Transport, Chain | undefined, Account>;

export function walletConfig(deployment: Deployment): Config {
  const chain = chainOf(deployment.chainId);
  const nobody = custom({
    request: async () => {
      throw new Error("Connect a wallet first: this page reads the chain through it.");
    },
  });
  return createConfig({
    chains: [chain],
    connectors: [injected()],
    multiInjectedProviderDiscovery: true,
    transports: { [chain.id]: nobody },
  });
}

export type Link =
  | { state: "none" }
  | { state: "connecting" }
  | { state: "wrong-network"; address: Address; chainId: number }
  | { state: "ready"; address: Address };

/** Whether a wallet is here, and on the right network. */
export function useLink(deployment: Deployment): Link {
  const { address, status, chainId } = useConnection();
  if (status === "connecting" || (status === "reconnecting" && !address)) return { state: "connecting" };
  if (!address) return { state: "none" };
  if (chainId !== deployment.chainId) return { state: "wrong-network", address, chainId: chainId ?? 0 };
  return { state: "ready", address };
}

/** The connected wallet's client, for reading and for signing. Throws when there is none. */
export function useWallet(): () => Promise<Wallet> {
  const { refetch } = useConnectorClient();
  return useCallback(async () => {
    const { data, error } = await refetch();
    if (!data) throw error ?? new Error("The wallet is not connected.");
    return data as Wallet;
  }, [refetch]);
}
