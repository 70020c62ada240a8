// Whether keepers work, and what they are told to leave alone.
import { useQuery } from "@tanstack/react-query";
import { keepers } from "../api/queries";
import { Address, When } from "../ui/figures";
import { Coins } from "../ui/gas";
import { Answered, Badge, Empty, Panel } from "../ui/parts";
import { num, Table } from "../ui/table";

export function Keepers() {
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
              <Table heads={["Name", "State", "Carries", num("In flight"), num("Gas paid"), "Seen"]}>
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
                    <td className="num">
                      <Coins of={keeper.gas.paid} />
                    </td>
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
