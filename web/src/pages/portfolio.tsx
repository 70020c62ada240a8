// All of a wallet: what it holds and where, what it came to, what it paid, and the papers.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import { Link } from "wouter";
import type { Schemas } from "../api/client";
import { portfolio, tokens } from "../api/queries";
import { useDeployment } from "../chain/context";
import { useLink } from "../chain/wallet";
import { count, percent } from "../format";
import { AccountPanel } from "../portfolio/account";
import { exposures } from "../portfolio/exposure";
import { ReferralPanel } from "../portfolio/referral";
import { Amount, Drawdown, Percent } from "../ui/figures";
import { Answered, Empty, Notice, Page, Panel, Stat, Stats } from "../ui/parts";
import { VaultStatus } from "../ui/status";
import { num, Table } from "../ui/table";
import { NeedsWallet } from "../ui/wallet";
import { Downloads, MonthChoice } from "../vault/downloads";

export default function PortfolioPage() {
  const link = useLink(useDeployment());
  if (link.state === "none" || link.state === "connecting") {
    return (
      <Page title="Portfolio">
        <NeedsWallet what="Holdings, exposure, fees and papers of all your vaults are found by your address." />
      </Page>
    );
  }
  return <Everything owner={link.address} />;
}

function Everything({ owner }: { owner: Address }) {
  const query = useQuery(portfolio(owner));
  return (
    <Page
      title="Portfolio"
      lead={
        <>
          All vaults of <span className="address long">{owner}</span>, by first in, first out ·{" "}
          <Link href="/dashboard">Dashboard</Link>
        </>
      }
    >
      <Answered query={query} lines={10}>
        {({ data, as_of_block }) =>
          data.vaults.length === 0 ? (
            <Empty
              title="No vault yet"
              action={
                <Link href="/" className="button primary">
                  Find a leader
                </Link>
              }
            >
              What you copy with appears here in the block that opens it.
            </Empty>
          ) : (
            <>
              {data.totals.map((total) => (
                <OneBase key={total.base_token.address} total={total} vaults={data.vaults} />
              ))}
              <Vaults of={data.vaults} last={as_of_block.time.slice(0, 7)} />
              {data.left_out > 0 && (
                <Notice title={`${count(data.left_out)} more vaults are in no figure here`}>
                  The first hundred are shown and added up.
                </Notice>
              )}
            </>
          )
        }
      </Answered>
      <AccountPanel owner={owner} />
      <ReferralPanel owner={owner} />
    </Page>
  );
}

function OneBase({ total, vaults }: { total: Schemas["Total"]; vaults: Schemas["VaultStanding"][] }) {
  const base = total.base_token;
  const mine = vaults.filter((vault) => vault.flows.net_deposits.token === base.address);
  return (
    <>
      <Panel>
        <Stats>
          <Stat label={`Equity in ${base.symbol}`} explain="Worth of all vaults that are counted in it.">
            <Amount of={total.equity} />
          </Stat>
          <Stat label="Put in" explain="What came in less what you took out.">
            <Amount of={total.net_deposits} />
          </Stat>
          <Stat label="Profit and loss" explain="Equity less what you put in; fees are already subtracted.">
            <Amount of={total.net_pnl} sign />
          </Stat>
          <Stat label="Fees paid">
            <Amount of={total.costs.total} />
          </Stat>
        </Stats>
      </Panel>
      <div className="columns even">
        <ExposurePanel vaults={mine} base={base} />
        <Fees of={total.costs} />
      </div>
    </>
  );
}

function ExposurePanel({ vaults, base }: { vaults: Schemas["VaultStanding"][]; base: Schemas["Token"] }) {
  const listed = useQuery(tokens);
  const decimalsOf = (token: string) =>
    listed.data?.data.find((one) => one.address === token)?.decimals ?? base.decimals;
  return (
    <Panel title="Exposure" flush>
      <Answered query={listed} lines={3}>
        {() => (
          <Table heads={["Token", num("Holding"), num("Worth"), num("Share"), num("Vaults")]}>
            {exposures(vaults, base, decimalsOf).map((row) => (
              <tr key={row.token}>
                <th scope="row">{row.symbol}</th>
                <td className="num">
                  <Amount of={row.held} bare />
                </td>
                <td className="num">
                  <Amount of={row.worth} />
                </td>
                <td className="num figure">{row.share === null ? "–" : percent(row.share, 1)}</td>
                <td className="num figure">{count(row.vaults)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answered>
    </Panel>
  );
}

const FEE_NAMES = [
  ["copy", "Copy"],
  ["keeper", "Keepers"],
  ["performance", "Performance"],
  ["management", "Management"],
  ["subscription", "Subscription"],
  ["withdrawal", "Withdrawal"],
] as const;

function Fees({ of: costs }: { of: Schemas["Costs"] }) {
  return (
    <Panel title="Fees by kind">
      <dl className="pairs">
        {FEE_NAMES.map(([kind, name]) => (
          <div key={kind}>
            <dt>{name}</dt>
            <dd>
              <Amount of={costs[kind]} />
            </dd>
          </div>
        ))}
        <div className="total">
          <dt>All</dt>
          <dd>
            <Amount of={costs.total} />
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function Vaults({ of: vaults, last }: { of: Schemas["VaultStanding"][]; last: string }) {
  const [chosen, setMonth] = useState<string | null>(null);
  const month = chosen ?? last;
  return (
    <Panel title="Vaults" aside={<MonthChoice last={last} value={month} onChange={setMonth} />} flush>
      <Table
        heads={[
          "Leader",
          "State",
          num("Equity"),
          num("Profit and loss"),
          num("Return"),
          num("Largest fall"),
          num("In step"),
          "Papers",
        ]}
      >
        {vaults.map((vault) => (
          <tr key={vault.vault_id}>
            <th scope="row">
              <Link href={`/vaults/${vault.vault_id}`}>{vault.strategy_name}</Link>
              <p className="help">
                {vault.is_leader ? "your own stake" : "vault"} #{vault.vault_id}
              </p>
            </th>
            <td>
              <VaultStatus of={vault.status} />
            </td>
            <td className="num">
              <Amount of={vault.profit.equity} />
            </td>
            <td className="num">
              <Amount of={vault.profit.net_pnl} sign />
            </td>
            <td className="num">
              <Percent of={vault.returns.money_weighted_return} sign />
            </td>
            <td className="num">
              <Drawdown of={vault.returns.max_drawdown} />
            </td>
            <td className="num">
              <Percent of={vault.sync_score} digits={1} />
            </td>
            <td>
              <Downloads id={vault.vault_id} month={month} />
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
