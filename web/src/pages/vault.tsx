// One vault: what it is worth and why, how near each stop is, every copy and every skip, and what its owner may do.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { statement, strategy, vault } from "../api/queries";
import { date } from "../format";
import { Notice, Page, Skeleton, Trouble } from "../ui/parts";
import { VaultStatus } from "../ui/status";
import { Accepted } from "../vault/accepted";
import { Actions } from "../vault/actions";
import { Downloads, MonthChoice } from "../vault/downloads";
import { Gas } from "../vault/gas";
import { Growth } from "../vault/growth";
import { Lines } from "../vault/lines";
import { Positions, Result } from "../vault/result";
import { RoomToLimits } from "../vault/room";
import { Tracking } from "../vault/tracking";

export default function VaultPage({ id }: { id: number }) {
  const [chosen, setMonth] = useState<string | null>(null);
  const head = useQuery(vault(id));
  const figures = useQuery(statement(id));
  const strategyId = head.data?.data.strategy_id ?? 0;
  const leader = useQuery({ ...strategy(strategyId), enabled: strategyId > 0 });
  const error = head.error ?? figures.error;
  if (!head.data || !figures.data)
    return error ? <Trouble error={error} retry={head.refetch} /> : <Skeleton lines={10} />;
  const now = head.data.as_of_block.time.slice(0, 7);
  const month = chosen ?? now;
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
      aside={
        <div className="row">
          <MonthChoice first={found.opened.time.slice(0, 7)} last={now} value={month} onChange={setMonth} />
          <Downloads id={id} month={month} />
        </div>
      }
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
          <Growth id={id} />
          <Lines of={result} />
        </div>
        <div className="stack">
          <Actions vault={found} leader={leader.data?.data} />
          {found.policy && <RoomToLimits id={id} />}
          <Tracking of={result} />
          <Gas of={result} />
          <Accepted vault={found} />
        </div>
      </div>
    </Page>
  );
}
