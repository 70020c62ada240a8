// For whoever runs it: is the ledger right, do the keepers work, what is stopped; and the halt.
import { useQuery } from "@tanstack/react-query";
import { keepers, protocol, readiness, strategies } from "../api/queries";
import { useDeployment } from "../chain/context";
import { encode } from "../chain/copy";
import { sendToHub, useTransact } from "../chain/transact";
import { useLink } from "../chain/wallet";
import { count, plural } from "../format";
import { Address, Amount, When } from "../ui/figures";
import { Answered, Badge, Empty, Page, Panel, Stat, Stats, TxStatus } from "../ui/parts";
import { reasonName } from "../ui/status";
import { num, Table } from "../ui/table";

export default function OperatorPage() {
  return (
    <Page
      title="Operator"
      lead="What can be seen needs no key. What can be done is signed by the guardian's or the owner's wallet."
    >
      <Health />
      <div className="columns">
        <div className="stack">
          <Keepers />
          <Skips />
        </div>
        <div className="stack">
          <Halts />
          <Books />
        </div>
      </div>
    </Page>
  );
}

function Health() {
  const query = useQuery({ ...readiness, refetchInterval: 2_000 });
  return (
    <Panel title="Ledger">
      <Answered query={query} lines={2}>
        {(found) => (
          <Stats>
            <Stat label="State">
              {found.detail ? <Badge tone="bad">{found.detail}</Badge> : <Badge tone="good">Ready</Badge>}
            </Stat>
            <Stat label="Block" explain="The last block that the ledger has taken in whole.">
              <span className="figure">{found.as_of_block ? count(found.as_of_block.number) : "–"}</span>
            </Stat>
            <Stat
              label="Behind"
              explain="Blocks between the ledger and the newest that the indexer has heard of."
            >
              <span className="figure">{found.lag_blocks ?? "–"}</span>
            </Stat>
            <Stat label="Head last seen">{found.head_seen ? <When at={found.head_seen} /> : "–"}</Stat>
            <Stat
              label="Differs from the chain in"
              explain="Balances that were not equal at the last reconciliation."
              note={
                found.reconciliation
                  ? `of ${count(found.reconciliation.balances_checked)} compared at block ${count(found.reconciliation.block)}`
                  : "never compared"
              }
            >
              <span className={`figure ${found.reconciliation?.mismatches ? "bad" : ""}`}>
                {found.reconciliation?.mismatches ?? "–"}
              </span>
            </Stat>
          </Stats>
        )}
      </Answered>
    </Panel>
  );
}

function Keepers() {
  const query = useQuery({ ...keepers, refetchInterval: 5_000 });
  return (
    <Panel title="Keepers" flush>
      <Answered query={query}>
        {({ keepers: found, stops }) => (
          <>
            {found.length === 0 ? (
              <Empty title="No keeper has ever worked here">
                Start one with `lockstep keeper`. Without one, orders wait and stops are not carried out.
              </Empty>
            ) : (
              <Table heads={["Name", "State", "Carries", num("In flight"), "Seen"]}>
                {found.map((keeper) => (
                  <tr key={keeper.name}>
                    <th scope="row">
                      {keeper.name} <Address of={keeper.address} />
                    </th>
                    <td>
                      {keeper.alive ? <Badge tone="good">Alive</Badge> : <Badge tone="bad">Silent</Badge>}
                    </td>
                    <td>
                      {keeper.carries}
                      {keeper.breakers.map((breaker) => (
                        <Badge key={breaker.name} tone="warn">
                          {breaker.name}
                        </Badge>
                      ))}
                    </td>
                    <td className="num figure">{keeper.in_flight}</td>
                    <td>
                      <When at={keeper.seen} />
                    </td>
                  </tr>
                ))}
              </Table>
            )}
            <div className="pad">
              <h3>Stops that hold</h3>
              {stops.length === 0 && <p className="muted">None.</p>}
              <ul className="sentences">
                {stops.map((stop) => (
                  <li key={stop.id}>
                    {stop.scope} {stop.subject} by {stop.who}: {stop.why}
                  </li>
                ))}
              </ul>
            </div>
          </>
        )}
      </Answered>
    </Panel>
  );
}

function Skips() {
  const query = useQuery(protocol);
  return (
    <Panel title="Copies that did not happen">
      <Answered query={query}>
        {({ data }) => (
          <dl className="pairs">
            {Object.entries(data.copies_skipped_by_reason).map(([reason, times]) => (
              <div key={reason}>
                <dt>{reasonName(reason)}</dt>
                <dd className="figure">{count(times)}</dd>
              </div>
            ))}
            <div className="total">
              <dt>Copies that did</dt>
              <dd className="figure">{count(data.copies_filled)}</dd>
            </div>
          </dl>
        )}
      </Answered>
    </Panel>
  );
}

function Halts() {
  const found = useQuery(protocol);
  const list = useQuery(strategies);
  const link = useLink(useDeployment());
  const { progress, busy, run } = useTransact();
  const set = (name: "haltTrading" | "resumeTrading", id: number) =>
    run(
      (steps) => sendToHub(steps, [encode(name, [id])]),
      name === "haltTrading" ? "Halted. Exits and withdrawals go on." : "Trading goes on.",
    );
  const able = link.state === "ready";
  return (
    <Panel title="Entries and trades">
      <Answered query={found} lines={2}>
        {({ data }) => (
          <ul className="rows">
            <li>
              <strong>Everything</strong>
              <Halted is={data.halted} />
              <button
                type="button"
                className="small"
                disabled={!able || busy}
                onClick={() => set(data.halted ? "resumeTrading" : "haltTrading", 0)}
              >
                {data.halted ? "Resume all" : "Halt all"}
              </button>
            </li>
            {list.data?.map((strategy) => (
              <li key={strategy.id}>
                <span>{strategy.name}</span>
                <Halted is={strategy.halted} />
                <button
                  type="button"
                  className="small quiet"
                  disabled={!able || busy}
                  aria-label={`${strategy.halted ? "Resume" : "Halt"} ${strategy.name}`}
                  onClick={() => set(strategy.halted ? "resumeTrading" : "haltTrading", strategy.id)}
                >
                  {strategy.halted ? "Resume" : "Halt"}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answered>
      <TxStatus progress={progress} />
      <p className="help">
        The owner and the guardian halt; only the owner resumes. The contract refuses everybody else, and
        nobody can halt a withdrawal.
      </p>
    </Panel>
  );
}

function Halted({ is }: { is: boolean }) {
  return is ? <Badge tone="warn">Halted</Badge> : <Badge tone="good">Open</Badge>;
}

function Books() {
  const query = useQuery(protocol);
  return (
    <Panel title="What the hub owes">
      <Answered query={query}>
        {({ data }) => (
          <>
            <ul className="rows">
              {data.holdings.map((holding) => (
                <li key={holding.total.token}>
                  <span>{holding.total.symbol}</span>
                  <Amount of={holding.total} bare />
                </li>
              ))}
            </ul>
            <p className="help">
              {plural(
                Object.values(data.vaults_by_status).reduce((sum, each) => sum + each, 0),
                "vault",
              )}
              , {plural(data.trades, "trade")}. Guardian{" "}
              {data.guardian ? <Address of={data.guardian} /> : "nobody"}.
            </p>
          </>
        )}
      </Answered>
    </Panel>
  );
}
