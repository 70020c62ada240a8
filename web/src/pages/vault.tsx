// One vault: what it is worth and why, how near each stop is, every copy and every skip, and what its owner may do.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Address } from "viem";
import { Link } from "wouter";
import { download, type Schemas, type Statement, type StrategyDetail, type Vault } from "../api/client";
import { equityOf, limitsOf, statement, strategy, vault, type Window } from "../api/queries";
import { useDeployment } from "../chain/context";
import { encode } from "../chain/copy";
import { sendToHub, useTransact } from "../chain/transact";
import { useLink } from "../chain/wallet";
import { bps, count, date, plural, span } from "../format";
import { fromPolicy, type Limits as LimitsData, type Preset, toStruct } from "../limits/policy";
import { Amount, Bps, Drawdown, Percent, Price, When } from "../ui/figures";
import { LimitsForm } from "../ui/limits-form";
import {
  Answered,
  Badge,
  Empty,
  Explain,
  Meter,
  Notice,
  Page,
  Panel,
  Segmented,
  Skeleton,
  Stat,
  Stats,
  Trouble,
  TxStatus,
} from "../ui/parts";
import { Reason, VaultStatus } from "../ui/status";

export default function VaultPage({ id }: { id: number }) {
  const head = useQuery(vault(id));
  const figures = useQuery(statement(id));
  const strategyId = head.data?.data.strategy_id ?? 0;
  const leader = useQuery({ ...strategy(strategyId), enabled: strategyId > 0 });
  const error = head.error ?? figures.error;
  if (!head.data || !figures.data)
    return error ? <Trouble error={error} retry={head.refetch} /> : <Skeleton lines={10} />;
  const [found, result] = [head.data.data, figures.data.data];
  return (
    <Page
      title={result.strategy_name}
      lead={
        <>
          Vault {id}, opened {date(found.opened.time)} ·{" "}
          <Link href={`/leaders/${found.strategy_id}`}>the leader</Link> <VaultStatus of={found.status} />
        </>
      }
      aside={<Downloads id={id} month={head.data.as_of_block.time.slice(0, 7)} />}
    >
      {found.status_reason && (
        <Notice tone="warn" title={found.status_reason.meaning}>
          {found.status_reason.what_to_do.replaceAll("`", "")}
        </Notice>
      )}
      <Result of={result} />
      <div className="columns act-first">
        <div className="stack">
          <Positions of={result} />
          <Equity id={id} />
          <Lines of={result} />
        </div>
        <div className="stack">
          <Actions vault={found} leader={leader.data?.data} />
          {found.policy && <Limits id={id} />}
          <Tracking of={result} />
        </div>
      </div>
    </Page>
  );
}

function Result({ of: { profit, returns, tracking, flows } }: { of: Statement }) {
  return (
    <Panel>
      <Stats>
        <Stat
          label="Equity"
          explain="Worth of all balances at the last prices the oracle gave."
          note={profit.unavailable}
        >
          <Amount of={profit.equity} />
        </Stat>
        <Stat
          label="Profit and loss"
          explain="Equity less what you put in, plus what you took out. Fees are already subtracted."
          note={<Percent of={returns.money_weighted_return} sign />}
        >
          <Amount of={profit.net_pnl} sign />
        </Stat>
        <Stat label="Realised" explain="Result of what was sold, withdrawn or paid, before costs.">
          <Amount of={profit.realized_pnl} sign />
        </Stat>
        <Stat label="Unrealised" explain="Worth of what you hold less what it cost.">
          <Amount of={profit.unrealized_pnl} sign />
        </Stat>
        <Stat
          label="Fees paid"
          explain="Copy, keeper, performance, management, subscription and withdrawal fees together."
        >
          <Amount of={profit.costs.total} />
        </Stat>
        <Stat label="Largest fall">
          <Drawdown of={returns.max_drawdown} />
        </Stat>
        <Stat
          label="In step"
          explain="1 less half the differences of your weights to the leader's: 100% holds the same mix."
          note={<>put in {<Amount of={flows.net_deposits} />}</>}
        >
          <Percent of={tracking?.sync_score} digits={1} />
        </Stat>
      </Stats>
    </Panel>
  );
}

function Positions({ of: { balances, base_token } }: { of: Statement }) {
  return (
    <Panel title="Positions" flush>
      {balances.length === 0 ? (
        <Empty title="Nothing is held">Everything has been withdrawn.</Empty>
      ) : (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Token</th>
                <th scope="col" className="num">
                  Holding
                </th>
                <th scope="col" className="num">
                  Worth
                </th>
                <th scope="col" className="num">
                  Cost
                </th>
                <th scope="col" className="num">
                  Price
                </th>
              </tr>
            </thead>
            <tbody>
              {balances.map((balance) => (
                <tr key={balance.amount.token}>
                  <th scope="row">{balance.amount.symbol}</th>
                  <td className="num">
                    <Amount of={balance.amount} bare />
                  </td>
                  <td className="num">
                    <Amount of={balance.value} />
                  </td>
                  <td className="num">
                    {balance.amount.token === base_token.address ? (
                      <span className="muted">cash</span>
                    ) : (
                      <Amount of={balance.cost_basis} />
                    )}
                  </td>
                  <td className="num">
                    {balance.valuation ? (
                      <Price of={balance.valuation.price} />
                    ) : (
                      <span className="muted">–</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

/** What happened, newest first: each copy with its price against the leader's, each skip with its reason. */
function Lines({ of: { lines } }: { of: Statement }) {
  return (
    <Panel title="What happened">
      {lines.length === 0 && <Empty title="Nothing yet">The leader's next trade appears here.</Empty>}
      <ol className="feed">
        {lines.map((line, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one event can make two lines
          <li key={`${line.event.transaction}-${line.event.log_index}-${place}`}>
            <When at={line.event.time} />
            <LineText line={line} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function LineText({ line }: { line: Schemas["Statement"]["lines"][number] }) {
  switch (line.kind) {
    case "fill":
      return (
        <div>
          <Badge tone="good">Copied</Badge> <Amount of={line.fill.sold} /> <span aria-hidden="true">→</span>{" "}
          <Amount of={line.fill.bought} />
          <p className="help">
            Price against the leader's: <Bps of={line.fill.against_leader?.bps} />
            {line.fill.batch > 0 && `, in batch ${line.fill.batch + 1}`} · cost <Amount of={line.costs} />
            {line.fill.reduced_by && ` · made smaller: ${line.fill.reduced_by.meaning}`}
          </p>
        </div>
      );
    case "skip":
      return (
        <div>
          <Badge tone="warn">Not copied</Badge> trade {line.trade}
          <Reason of={line.reason} />
        </div>
      );
    case "fee":
      return (
        <div>
          <Badge>Fee</Badge> <Amount of={line.amount} /> <span className="muted">{line.fee}</span>
        </div>
      );
    default:
      return (
        <div>
          <Badge tone="info">{FLOW_NAMES[line.kind]}</Badge> <Amount of={line.amount} />
        </div>
      );
  }
}

const FLOW_NAMES = { deposit: "Put in", withdrawal: "Taken out", held: "Held back", returned: "Returned" };

const LIMIT_NAMES: Record<Schemas["Limit"]["name"], string> = {
  stop_loss: "Stop-loss",
  take_profit: "Take-profit",
  drawdown: "Drawdown",
  daily_loss: "Daily loss",
  token_share: "In one token",
  exposure: "Outside cash",
  positions: "Positions",
  cooldown: "Between entries",
  expiry: "Expiry",
};

/** How near the vault is to each of its limits, and what happens there. */
function Limits({ id }: { id: number }) {
  const query = useQuery(limitsOf(id));
  return (
    <Panel title="Room to each limit">
      <Answered query={query}>
        {({ data }) => (
          <>
            {!data.some((limit) => STOPS.has(limit.name)) && (
              <p className="muted">
                No stop is set: this vault copies on whatever happens. Set one under “Change limits”.
              </p>
            )}
            <ul className="stops">
              {data.map((limit) => (
                <OneLimit key={limit.name} of={limit} />
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Panel>
  );
}

const STOPS = new Set(["stop_loss", "take_profit", "drawdown", "daily_loss"]);

function OneLimit({ of: limit }: { of: Schemas["Limit"] }) {
  const name = LIMIT_NAMES[limit.name];
  const show = (value: number) =>
    limit.unit === "bps" ? bps(value) : limit.unit === "count" ? count(value) : span(value);
  const now = limit.now === null ? null : Math.max(0, Number(limit.now));
  const used = now === null ? null : now / limit.limit;
  return (
    <li>
      <Explain text={`Measured against ${limit.reference}. When it is reached: ${limit.action}.`}>
        {name}
      </Explain>
      {used === null ? (
        <span className="muted">not known yet</span>
      ) : (
        <Meter used={used} label={`${name}: ${Math.min(100, Math.round(used * 100))}% used up`} />
      )}
      <span className="figure">
        {limit.reached ? <Badge tone="bad">reached</Badge> : now === null ? "–" : show(now)} of{" "}
        {show(limit.limit)}
      </span>
    </li>
  );
}

const Curve = lazy(() => import("../ui/curve"));

function Equity({ id }: { id: number }) {
  const [window, setWindow] = useState<Window>("24h");
  const query = useQuery(equityOf(id, window));
  return (
    <Panel
      title="Growth"
      aside={
        <Segmented
          label="Over"
          options={[
            ["24h", "Day"],
            ["30d", "Month"],
            ["365d", "Year"],
            ["all", "All"],
          ]}
          value={window}
          onChange={setWindow}
        />
      }
    >
      <Answered query={query}>
        {({ data }) => (
          <Suspense fallback={<div className="chart" />}>
            {data.length > 1 ? (
              <Curve points={data} />
            ) : (
              <Empty title="Too young for a chart">It begins with the second hour.</Empty>
            )}
          </Suspense>
        )}
      </Answered>
    </Panel>
  );
}

function Tracking({ of: { tracking } }: { of: Statement }) {
  if (!tracking) return null;
  const parts: [string, string, Schemas["Amount"] | null][] = [
    ["Trades not copied", "Skips, and trades made without the leader.", tracking.skips],
    ["Size", "Other parts of the holding were sold than the leader's portion.", tracking.sizing],
    ["Later batches", "What the oracle's price had moved by.", tracking.timing],
    ["Price", "The rest of a batch's price: depth and the pool's fee.", tracking.price],
    ["Fees", "Every kind of fee, and what fees cost in growth.", tracking.fees],
  ];
  return (
    <Panel title="Why it is not the leader's number">
      <dl className="pairs">
        {parts.map(([name, help, amount]) => (
          <div key={name}>
            <dt>
              <Explain text={help}>{name}</Explain>
            </dt>
            <dd>
              <Amount of={amount} sign />
            </dd>
          </div>
        ))}
        <div className="total">
          <dt>Difference</dt>
          <dd>
            <Amount of={tracking.difference} sign />
          </dd>
        </div>
      </dl>
      {tracking.unavailable && <p className="help">{tracking.unavailable}</p>}
    </Panel>
  );
}

function Actions({ vault: found, leader }: { vault: Vault; leader: StrategyDetail | undefined }) {
  const link = useLink(useDeployment());
  const { progress, busy, run } = useTransact();
  const [asking, setAsking] = useState<"exit" | "kind" | "limits" | null>(null);
  if (link.state !== "ready" || link.address.toLowerCase() !== found.owner.toLowerCase()) {
    return (
      <Panel title="Control">
        <p className="muted">Connect the wallet that owns this vault to act on it.</p>
      </Panel>
    );
  }
  const call = (name: string, args: readonly unknown[], done: string) => async () => {
    setAsking(null);
    await run((steps) => sendToHub(steps, [encode(name, args)]), done);
  };
  const held = found.balances.map((balance) => balance.token as Address);
  const copies = found.status === "Active";
  const gone = found.status === "Left";
  return (
    <Panel title="Control">
      <div className="buttons">
        {copies && (
          <button
            type="button"
            disabled={busy}
            onClick={call("pause", [found.id], "Paused: the next trades are skipped.")}
          >
            Pause
          </button>
        )}
        {!copies && !gone && (
          <button
            type="button"
            className="primary"
            disabled={busy}
            onClick={call("resume", [found.id], "Copying again, from the next trade on.")}
          >
            Resume
          </button>
        )}
        {!gone && found.policy && (
          <button
            type="button"
            disabled={busy}
            aria-expanded={asking === "limits"}
            onClick={() => setAsking(asking === "limits" ? null : "limits")}
          >
            Change limits
          </button>
        )}
        {!gone && found.status !== "Exiting" && (
          <button
            type="button"
            disabled={busy}
            aria-expanded={asking === "exit"}
            onClick={() => setAsking(asking === "exit" ? null : "exit")}
          >
            Sell everything
          </button>
        )}
        {held.length > 0 && (
          <button
            type="button"
            disabled={busy}
            aria-expanded={asking === "kind"}
            onClick={() => setAsking(asking === "kind" ? null : "kind")}
          >
            Withdraw in kind
          </button>
        )}
      </div>
      {asking === "exit" && (
        <Notice
          tone="warn"
          title="Sell everything for cash?"
          action={
            <button
              type="button"
              className="primary small"
              onClick={call(
                "requestExit",
                [found.id],
                "For sale: a keeper sells it within your price limits.",
              )}
            >
              Yes, sell
            </button>
          }
        >
          Copying stops. Keepers sell what you hold at prices within your limits; then withdraw the{" "}
          {leader?.base_token.symbol ?? "cash"}.
        </Notice>
      )}
      {asking === "kind" && (
        <Notice
          tone="warn"
          title="Leave with everything as it is?"
          action={
            <button
              type="button"
              className="primary small"
              onClick={call("exit", [found.id, held, link.address], "All of it is in your wallet.")}
            >
              Yes, withdraw
            </button>
          }
        >
          Copying stops for good.{" "}
          {found.balances.map((balance) => `${balance.decimal} ${balance.symbol}`).join(" and ")} go to your
          wallet, less fees that are due. No one is asked.
        </Notice>
      )}
      {asking === "limits" && found.policy && leader && (
        <ChangeLimits
          vault={found}
          policy={found.policy}
          leader={leader}
          save={(limits) =>
            call("setPolicy", [found.id, limits], "The new limits hold from the next trade on.")()
          }
        />
      )}
      <TxStatus progress={progress} />
      <p className="help">
        {plural(found.filled, "trade")} copied, {count(found.skipped)} skipped. Limits revision{" "}
        {found.policy?.revision ?? 0}.
      </p>
    </Panel>
  );
}

function ChangeLimits({
  vault: found,
  policy,
  leader,
  save,
}: {
  vault: Vault;
  policy: Schemas["Policy"];
  leader: StrategyDetail;
  save: (limits: unknown) => void;
}) {
  const [limits, setLimits] = useState<LimitsData>(() => fromPolicy(policy, leader.tokens));
  const [preset, setPreset] = useState<Preset | "own">("own");
  const struct = toStruct(limits, leader.base_token.decimals);
  const wrong = "wrong" in struct ? struct : null;
  return (
    <form
      className="stack"
      aria-label={`Limits of vault ${found.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) save(struct);
      }}
    >
      <LimitsForm
        {...{ limits, symbol: leader.base_token.symbol, wrong, preset }}
        onChange={setLimits}
        onPreset={setPreset}
      />
      <button type="submit" className="primary" disabled={wrong !== null}>
        Set these limits
      </button>
    </form>
  );
}

/** The vault's month, to keep: a page for people, a table for programs, and what the tax office asks for. */
function Downloads({ id, month }: { id: number; month: string }) {
  const path = `/v1/vaults/${id}/statements/${month}`;
  const [problem, setProblem] = useState<Error | null>(null);
  const paper = () => {
    setProblem(null);
    download(path, "application/pdf", `lockstep-vault-${id}-${month}.pdf`).catch(setProblem);
  };
  return (
    <div className="buttons">
      <button type="button" className="small" onClick={paper}>
        Statement
      </button>
      <a className="button small" href={path} download={`lockstep-vault-${id}-${month}.csv`}>
        CSV
      </a>
      <a
        className="button small"
        href={`/v1/vaults/${id}/tax-lots`}
        download={`lockstep-vault-${id}-tax.csv`}
      >
        Tax lots
      </a>
      {problem && <Trouble error={problem} />}
    </div>
  );
}
