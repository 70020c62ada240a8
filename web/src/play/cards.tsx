// The vaults of play money that this browser knows, as the dashboard shows them.
import { useQueries } from "@tanstack/react-query";
import { Link } from "wouter";
import { paperVault } from "../api/queries";
import { Amount, Percent } from "../ui/figures";
import { Badge, Stat, Stats } from "../ui/parts";
import { VaultStatus } from "../ui/status";
import { usePlay } from "./kept";

export function PlayCards() {
  const { kept } = usePlay();
  const found = useQueries({ queries: kept.map((one) => paperVault(one.id)) });
  if (kept.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="play-title">
      <h2 id="play-title">
        Play money <Badge tone="info">Not money</Badge>
      </h2>
      <div className="cards">
        {kept.map((one, place) => {
          const statement = found[place]?.data?.data;
          return (
            <Link key={one.id} href={`/play/${one.id}`} className="card play">
              <header>
                <h3>{statement?.strategy_name ?? "Play money"}</h3>
                {statement && <VaultStatus of={statement.status} />}
              </header>
              <Stats>
                <Stat label="Equity">
                  <Amount of={statement?.profit.equity} />
                </Stat>
                <Stat label="Profit and loss">
                  <Amount of={statement?.profit.net_pnl} sign />
                </Stat>
                <Stat label="Return">
                  <Percent of={statement?.returns.money_weighted_return} sign />
                </Stat>
              </Stats>
            </Link>
          );
        })}
      </div>
    </section>
  );
}
