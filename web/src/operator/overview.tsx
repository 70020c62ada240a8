// Everything at a glance, for staff.
import { useQuery } from "@tanstack/react-query";
import { overview } from "../api/staff";
import { count } from "../format";
import { Answered, Panel, Stat, Stats } from "../ui/parts";

export function Overview() {
  const query = useQuery(overview);
  return (
    <Panel title="Staff">
      <Answered query={query} lines={2}>
        {(found) => (
          <Stats>
            <Figure label="People" value={found.users} />
            <Figure label="Sessions open" value={found.open_sessions} />
            <Figure label="Orders open" value={found.open_orders} />
            <Figure label="Keepers" value={found.keepers.filter((keeper) => keeper.alive).length} />
            <Figure label="Stops" value={found.stops.length} />
            <Figure label="Incidents" value={found.incidents.length} />
            <Figure label="Proposals that wait" value={found.waiting_proposals} />
            <Stat
              label="Staff"
              note={Object.entries(found.staff)
                .map(([role, number]) => `${count(number)} ${role}`)
                .join(", ")}
            >
              <span className="figure">
                {count(Object.values(found.staff).reduce((sum, number) => sum + number, 0))}
              </span>
            </Stat>
          </Stats>
        )}
      </Answered>
    </Panel>
  );
}

function Figure({ label, value }: { label: string; value: number }) {
  return (
    <Stat label={label}>
      <span className="figure">{count(value)}</span>
    </Stat>
  );
}
