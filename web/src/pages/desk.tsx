// A leader's desk: strategies, orders to sign, orders that work, and what the fees have come to.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import { strategies, strategy } from "../api/queries";
import { useDeployment } from "../chain/context";
import { useLink } from "../chain/wallet";
import { Annotate } from "../desk/annotate";
import { FundForm } from "../desk/fund-form";
import { Income } from "../desk/income";
import { NewStrategy } from "../desk/new-strategy";
import { OrderForm } from "../desk/order-form";
import { Orders } from "../desk/orders";
import { count, plural } from "../format";
import { Amount, Percent } from "../ui/figures";
import { Answered, Badge, Page, Panel, Segmented, Stat, Stats } from "../ui/parts";
import { NeedsWallet } from "../ui/wallet";

export default function DeskPage() {
  const link = useLink(useDeployment());
  if (link.state === "none" || link.state === "connecting") {
    return (
      <Page title="Leader's desk">
        <NeedsWallet what="Your strategies are found by your address; orders are signed with it." />
      </Page>
    );
  }
  return <Desk leader={link.address} />;
}

function Desk({ leader }: { leader: Address }) {
  const query = useQuery(strategies);
  const [chosen, setChosen] = useState<number | null>(null);
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title="Leader's desk"
      lead="Sign an order; a keeper carries it, and every follower trades in the same swap at your price."
      aside={
        <button type="button" onClick={() => setCreating(!creating)} aria-expanded={creating}>
          New strategy
        </button>
      }
    >
      <Answered query={query} lines={6}>
        {(all) => {
          const mine = all.filter((one) => one.leader.toLowerCase() === leader.toLowerCase());
          const id = chosen ?? mine.at(-1)?.id;
          return (
            <>
              {(creating || mine.length === 0) && <NewStrategy done={() => setCreating(false)} />}
              {mine.length > 1 && id !== undefined && (
                <Segmented
                  label="Strategy"
                  options={mine.map((one) => [String(one.id), one.name] as const)}
                  value={String(id)}
                  onChange={(value) => setChosen(Number(value))}
                />
              )}
              {id !== undefined && <OneStrategy key={id} id={id} leader={leader} />}
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function OneStrategy({ id, leader }: { id: number; leader: Address }) {
  const query = useQuery(strategy(id));
  return (
    <Answered query={query} lines={6}>
      {({ data }) => (
        <>
          <Panel title={data.name} aside={data.halted && <Badge tone="warn">Halted</Badge>}>
            <Stats>
              <Stat
                label="Own stake"
                explain="Worth of your own vault: entries are refused below the smallest stake you declared."
                note={data.limits && <>at least {<Amount of={data.limits.min_stake} />}</>}
              >
                <Amount of={data.leader_equity} />
              </Stat>
              <Stat label="Return">
                <Percent of={data.returns.time_weighted_return} sign />
              </Stat>
              <Stat
                label="Copied by"
                note={`${count(data.followers.paused)} paused, ${count(data.followers.left)} left`}
              >
                <span className="figure">{plural(data.followers.active, "vault")}</span>
              </Stat>
              <Stat label="Trades">
                <span className="figure">{count(data.trades)}</span>
              </Stat>
            </Stats>
          </Panel>
          <div className="columns">
            <div className="stack">
              <OrderForm of={data} />
              <Orders leader={leader} strategyId={id} base={data.base_token} />
              <Annotate id={id} leader={leader} />
            </div>
            <div className="stack">
              <FundForm of={data} />
              <Income leader={leader} />
            </div>
          </div>
        </>
      )}
    </Answered>
  );
}
