// What happened in a vault, line by line.
import type { ReactNode } from "react";
import type { Schemas, Statement } from "../api/client";
import { Amount, Bps, When } from "../ui/figures";
import { Badge, Empty, Panel } from "../ui/parts";
import { Reason } from "../ui/status";

/** What happened, newest first: each copy with its price against the leader's, each skip with its reason. */
export function Lines({ of: { lines } }: { of: Statement }) {
  return (
    <Feed
      of={lines.map((line) => ({
        key: `${line.event.transaction}-${line.event.log_index}`,
        at: line.event.time,
        what: <LineText line={line} />,
      }))}
    />
  );
}

/** The same of play money, which no event on chain stands behind. */
export function PlayLines({ of: { lines } }: { of: Schemas["PaperStatement"] }) {
  return (
    <Feed of={lines.map((line) => ({ key: line.trade, at: line.time, what: <PlayLine line={line} /> }))} />
  );
}

function Feed({ of: entries }: { of: { key: string; at: string; what: ReactNode }[] }) {
  return (
    <Panel title="What happened">
      {entries.length === 0 && <Empty title="Nothing yet">The leader's next trade appears here.</Empty>}
      <ol className="feed">
        {entries.map(({ key, at, what }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one event can make two lines
          <li key={`${key}-${place}`}>
            <When at={at} />
            {what}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function PlayLine({ line }: { line: Schemas["PaperStatement"]["lines"][number] }) {
  if (line.kind === "skip") return <Skipped trade={line.trade} reason={line.reason} />;
  return (
    <div>
      <Badge tone="good">Copied</Badge> <Amount of={line.sold} /> <span aria-hidden="true">→</span>{" "}
      <Amount of={line.bought} />
      <p className="help">
        copy fee <Amount of={line.fee} />
        {line.reduced_by && ` · made smaller: ${line.reduced_by.meaning}`}
      </p>
    </div>
  );
}

function Skipped({ trade, reason }: { trade: string; reason: Schemas["Reason"] }) {
  return (
    <div>
      <Badge tone="warn">Not copied</Badge> trade {trade}
      <Reason of={reason} />
    </div>
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
      return <Skipped trade={line.trade} reason={line.reason} />;
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
