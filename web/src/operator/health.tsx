// Whether the ledger is right and fresh.
import { useQuery } from "@tanstack/react-query";
import { readiness } from "../api/queries";
import { count } from "../format";
import { When } from "../ui/figures";
import { Answered, Badge, Notice, Panel, Stat, Stats } from "../ui/parts";

export function Health() {
  const query = useQuery({ ...readiness, refetchInterval: 2_000 });
  return (
    <Panel title="Ledger">
      <Answered query={query} lines={2}>
        {(found) => (
          <>
            {found.detail && (
              <Notice tone="bad" title={found.detail}>
                {found.remedy}
              </Notice>
            )}
            <Stats>
              <Stat label="State">
                {found.detail ? <Badge tone="bad">Not ready</Badge> : <Badge tone="good">Ready</Badge>}
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
          </>
        )}
      </Answered>
    </Panel>
  );
}
