// Leaving with everything, straight from the contract: nothing on this page asks the API.
import { useQuery } from "@tanstack/react-query";
import { useDeployment } from "../chain/context";
import { encode } from "../chain/copy";
import { readVaults, type VaultOnChain } from "../chain/hub";
import { sendToHub, useTransact } from "../chain/transact";
import { useLink, useWallet } from "../chain/wallet";
import { decimal, units } from "../format";
import { Answered, Badge, Empty, Notice, Page, Panel, TxStatus } from "../ui/parts";
import { NeedsWallet } from "../ui/wallet";

const STATUS = ["none", "copying", "paused", "left", "suspended", "exiting"] as const;

export default function WithdrawPage() {
  const deployment = useDeployment();
  const link = useLink(deployment);
  const wallet = useWallet();
  const ready = link.state === "ready";
  const query = useQuery({
    queryKey: ["chain vaults", ready ? link.address : ""],
    queryFn: async () => readVaults(await wallet(), deployment),
    enabled: ready,
    structuralSharing: false,
  });
  return (
    <Page
      title="Withdraw from the contract"
      lead="Read from the chain through your wallet and signed there. It works when this server does not, when all trading is halted, and when no oracle has a price."
    >
      {!ready ? (
        <NeedsWallet what="Your vaults are looked up in the contract by your address." />
      ) : (
        <Answered query={query} lines={5}>
          {(vaults) =>
            vaults.length === 0 ? (
              <Empty title="This address has no vault">Is it the right wallet?</Empty>
            ) : (
              vaults.map((vault) => <OneVault key={vault.id} of={vault} again={query.refetch} />)
            )
          }
        </Answered>
      )}
    </Page>
  );
}

function OneVault({ of: vault, again }: { of: VaultOnChain; again: () => unknown }) {
  const { progress, busy, run } = useTransact();
  const link = useLink(useDeployment());
  const held = vault.holdings.filter((holding) => holding.units > 0n);
  async function leave() {
    if (link.state !== "ready") return;
    const tokens = held.map((holding) => holding.token);
    await run(
      (steps) => sendToHub(steps, [encode("exit", [vault.id, tokens, link.address])]),
      "All of it is in your wallet.",
    );
    again();
  }
  return (
    <Panel
      title={`Vault ${vault.id}, strategy ${vault.strategyId}`}
      aside={<Badge>{STATUS[vault.status] ?? "unknown"}</Badge>}
    >
      {held.length === 0 ? (
        <p className="muted">Empty.</p>
      ) : (
        <>
          <ul className="rows">
            {held.map((holding) => {
              const exactly = units(holding.units, holding.decimals);
              return (
                <li key={holding.token}>
                  <span>{holding.symbol}</span>
                  <span className="figure" title={exactly}>
                    {decimal(exactly, Math.min(8, holding.decimals))}
                  </span>
                </li>
              );
            })}
          </ul>
          <button type="button" className="primary" disabled={busy} onClick={leave}>
            Withdraw all of it
          </button>
          <Notice title="What this does">
            Copying stops for good in this vault. Each token goes to your wallet as it is, less fees that are
            due.
          </Notice>
        </>
      )}
      <TxStatus progress={progress} />
    </Panel>
  );
}
