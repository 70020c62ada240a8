// Every trade of a leader, with what became of its copies.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Trade } from "../api/client";
import { copiesOf, trade, tradesOf } from "../api/queries";
import { type Annotation, annotationsOf } from "../api/social";
import { count, plural } from "../format";
import { AnnotationText } from "../social/annotation";
import { Address, Amount, Bps, Percent, Price, When } from "../ui/figures";
import { TradeGas } from "../ui/gas";
import { Answered, Badge, Empty, Panel, Stat, Stats } from "../ui/parts";
import { reasonName } from "../ui/status";
import { hidden, num, Table } from "../ui/table";

export function TradesPanel({ id }: { id: number }) {
  const query = useQuery(tradesOf(id));
  const said = useQuery(annotationsOf(id)).data?.data;
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Panel title="Trades" flush>
      <Answered query={query} lines={6}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No trade yet">The first will appear here in the block that holds it.</Empty>
          ) : (
            <Table heads={["When", "What", num("Part"), num("Copied"), num("Skipped"), hidden("Details")]}>
              {data.map((row) => (
                <TradeRow
                  key={row.id}
                  row={row}
                  said={said?.find((one) => one.trade_id === row.id)}
                  open={open === row.id}
                  toggle={() => setOpen(open === row.id ? null : row.id)}
                />
              ))}
            </Table>
          )
        }
      </Answered>
    </Panel>
  );
}

interface RowProps {
  row: Trade;
  said: Annotation | undefined;
  open: boolean;
  toggle: () => void;
}

function TradeRow({ row, said, open, toggle }: RowProps) {
  return (
    <>
      <tr className={said ? "has-more" : undefined}>
        <td>
          <When at={row.opened.time} />
        </td>
        <td>
          <Pair row={row} />
        </td>
        <td className="num">
          <Percent of={row.portion_sold ?? row.portion} digits={1} />
        </td>
        <td className="num">
          <span className="figure">{count(row.filled)}</span>
        </td>
        <td className="num">
          <span className={`figure ${row.skipped ? "warn" : "muted"}`}>{count(row.skipped)}</span>
        </td>
        <td className="end">
          <button type="button" className="small quiet" aria-expanded={open} onClick={toggle}>
            {open ? "Less" : "Prices"}
          </button>
        </td>
      </tr>
      {said && (
        <tr className="more">
          <td colSpan={6}>
            <AnnotationText of={said} />
          </td>
        </tr>
      )}
      {open && (
        <tr className="detail">
          <td colSpan={6}>
            <TradeDetails id={row.id} />
          </td>
        </tr>
      )}
    </>
  );
}

export function Pair({ row }: { row: Pick<Trade, "token_in" | "token_out"> }) {
  return (
    <span className="pair">
      {row.token_in.symbol} <span aria-hidden="true">→</span>
      <span className="sr-only">for</span> {row.token_out.symbol}
    </span>
  );
}

function TradeDetails({ id }: { id: string }) {
  const detail = useQuery(trade(id));
  const copies = useQuery(copiesOf(id));
  return (
    <div className="stack">
      <Answered query={detail} lines={2}>
        {({ data }) => (
          <div className="stack tight">
            {data.clearings.map((clearing) => (
              <Stats key={clearing.batch}>
                <Stat label={clearing.batch === 0 ? "Leader's batch" : `Batch ${clearing.batch}`}>
                  <Amount of={clearing.sold} />
                </Stat>
                <Stat label="Got">
                  <Amount of={clearing.bought} />
                </Stat>
                <Stat
                  label="Price"
                  explain={`${data.token_out.symbol} for one ${data.token_in.symbol}; the same for everybody in the batch.`}
                >
                  <Price of={clearing.price} />
                </Stat>
                <Stat
                  label="Against oracle"
                  explain="Pool fee, price impact, drift and the keeper, against the oracle's value of what was sold."
                >
                  <Bps of={clearing.against_oracle?.bps} />
                </Stat>
              </Stats>
            ))}
            {Object.entries(data.skipped_by_reason).map(([reason, times]) => (
              <p key={reason} className="help">
                <Badge tone="warn">{reasonName(reason)}</Badge> {plural(times, "vault")} skipped
              </p>
            ))}
            <TradeGas of={data} />
          </div>
        )}
      </Answered>
      <Answered query={copies} lines={3}>
        {({ data, next_cursor }) => (
          <>
            <Table
              heads={["Vault", num("Paid"), num("Got"), num("Price"), num("Against leader")]}
              className="inner"
              short
            >
              {data.map((copy) => (
                <tr key={copy.copy_id}>
                  <td>
                    {copy.is_leader ? "Leader" : `#${copy.vault_id}`} <Address of={copy.owner} />
                  </td>
                  {copy.fill ? (
                    <>
                      <td className="num">
                        <Amount of={copy.fill.sold} />
                      </td>
                      <td className="num">
                        <Amount of={copy.fill.bought} />
                      </td>
                      <td className="num">
                        <Price of={copy.fill.price} />
                      </td>
                      <td className="num">
                        {copy.is_leader ? (
                          <span className="muted">–</span>
                        ) : (
                          <Bps of={copy.fill.against_leader?.bps} />
                        )}
                      </td>
                    </>
                  ) : (
                    <td colSpan={4}>
                      <Badge tone="warn" title={copy.reason?.meaning}>
                        {reasonName(copy.reason?.name ?? "skipped")}
                      </Badge>
                    </td>
                  )}
                </tr>
              ))}
            </Table>
            {next_cursor && <p className="help">The first hundred are shown.</p>}
          </>
        )}
      </Answered>
    </div>
  );
}
