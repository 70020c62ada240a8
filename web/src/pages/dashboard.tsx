// A follower's money at a glance: every vault, what it came to, and what is idle.
import { useQueries, useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { Link } from "wouter";
import type { Schemas, Vault } from "../api/client";
import { statement, vaultsOf } from "../api/queries";
import { useDeployment } from "../chain/context";
import { useLink } from "../chain/wallet";
import { count, plural, units } from "../format";
import { PlayCards } from "../play/cards";
import { AccountPanel } from "../portfolio/account";
import { Amount, Percent } from "../ui/figures";
import { Answered, Badge, Empty, Page, Panel, Stat, Stats } from "../ui/parts";
import { reasonName, VaultStatus } from "../ui/status";
import { NeedsWallet } from "../ui/wallet";

export default function DashboardPage() {
  const link = useLink(useDeployment());
  if (link.state === "none" || link.state === "connecting") {
    return (
      <Page title="Dashboard">
        <NeedsWallet what="Your vaults, every copy and every skip with its reason are found by your address." />
        <PlayCards />
      </Page>
    );
  }
  return <Money owner={link.address} />;
}

function Money({ owner }: { owner: Address }) {
  const query = useQuery(vaultsOf(owner));
  return (
    <Page
      title="Dashboard"
      lead="Live from the ledger: each figure is as of the block shown above."
      aside={
        <Link href="/portfolio" className="button">
          Portfolio
        </Link>
      }
    >
      <Answered query={query} lines={8}>
        {(vaults) => <Vaults vaults={vaults.filter((vault) => !vault.is_leader)} />}
      </Answered>
      <PlayCards />
      <AccountPanel owner={owner} />
    </Page>
  );
}

function Vaults({ vaults }: { vaults: Vault[] }) {
  const statements = useQueries({ queries: vaults.map((vault) => statement(vault.id)) });
  if (vaults.length === 0) {
    return (
      <Empty
        title="You copy nobody yet"
        action={
          <Link href="/" className="button primary">
            Find a leader
          </Link>
        }
      >
        Choose a leader, set your limits, and sign once.
      </Empty>
    );
  }
  const known = statements.flatMap((query) => (query.data ? [query.data.data] : []));
  return (
    <>
      <Totals of={known} />
      <div className="cards">
        {vaults.map((vault) => (
          <VaultCard
            key={vault.id}
            vault={vault}
            statement={known.find((one) => one.vault_id === vault.id)}
          />
        ))}
      </div>
    </>
  );
}

function Totals({ of: statements }: { of: Schemas["Statement"][] }) {
  const bases = [...new Map(statements.map((one) => [one.base_token.address, one.base_token])).values()];
  return (
    <Panel>
      {bases.map((base) => {
        const mine = statements.filter((one) => one.base_token.address === base.address);
        const sum = (
          pick: (of: Schemas["Statement"]) => Schemas["Amount"] | null,
        ): Schemas["Amount"] | null => {
          let total = 0n;
          for (const one of mine) {
            const part = pick(one);
            if (part === null) return null;
            total += BigInt(part.units);
          }
          return {
            token: base.address,
            symbol: base.symbol,
            units: String(total),
            decimal: units(total, base.decimals),
          };
        };
        return (
          <Stats key={base.address}>
            <Stat
              label={`Equity in ${base.symbol}`}
              explain="What your vaults with this base token are worth, at the last prices the contract's oracle gave."
            >
              <Amount of={sum((one) => one.profit.equity)} />
            </Stat>
            <Stat
              label="Profit and loss"
              explain="Equity less what you put in and took out; every fee is already subtracted."
            >
              <Amount of={sum((one) => one.profit.net_pnl)} sign />
            </Stat>
            <Stat label="Realised" explain="Result of what was sold, withdrawn or paid, before costs.">
              <Amount of={sum((one) => one.profit.realized_pnl)} sign />
            </Stat>
            <Stat label="Unrealised" explain="What you hold is worth this much more, or less, than it cost.">
              <Amount of={sum((one) => one.profit.unrealized_pnl)} sign />
            </Stat>
            <Stat label="Fees paid">
              <Amount of={sum((one) => one.profit.costs.total)} />
            </Stat>
          </Stats>
        );
      })}
    </Panel>
  );
}

function VaultCard({
  vault,
  statement: found,
}: {
  vault: Vault;
  statement: Schemas["Statement"] | undefined;
}) {
  const last = found?.lines.find((line) => line.kind === "fill" || line.kind === "skip");
  return (
    <Link href={`/vaults/${vault.id}`} className="card">
      <header>
        <h2>{found?.strategy_name ?? `Vault ${vault.id}`}</h2>
        <VaultStatus of={vault.status} />
      </header>
      <Stats>
        <Stat label="Equity">
          <Amount of={found?.profit.equity} />
        </Stat>
        <Stat label="Profit and loss">
          <Amount of={found?.profit.net_pnl} sign />
        </Stat>
        <Stat label="Return">
          <Percent of={found?.returns.money_weighted_return} sign />
        </Stat>
      </Stats>
      <footer>
        <span>
          {plural(vault.filled, "trade")} copied, {count(vault.skipped)} skipped
        </span>
        {last?.kind === "skip" && (
          <Badge tone="warn">Last: skipped, {reasonName(last.reason.name).toLowerCase()}</Badge>
        )}
        {last?.kind === "fill" && <Badge tone="good">Last: copied</Badge>}
      </footer>
    </Link>
  );
}
