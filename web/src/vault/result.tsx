// What a vault came to and what it holds, of real and of play money alike.
import type { Statement } from "../api/client";
import { Amount, Drawdown, Percent, Price } from "../ui/figures";
import { Empty, Panel, Stat, Stats } from "../ui/parts";
import { num, Table } from "../ui/table";

/** `tracking` is there for a real copy. */
type Came = Pick<Statement, "profit" | "returns" | "flows"> & Partial<Pick<Statement, "tracking">>;

export function Result({ of: { profit, returns, tracking, flows } }: { of: Came }) {
  return (
    <Panel>
      <Stats>
        <Stat
          label="Equity"
          explain="Worth of all balances at the last prices the oracle gave."
          note={profit.unavailable ?? <>put in {<Amount of={flows.net_deposits} />}</>}
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
        {tracking && (
          <Stat
            label="In step"
            explain="1 less half the differences of your weights to the leader's: 100% holds the same mix."
          >
            <Percent of={tracking.sync_score} digits={1} />
          </Stat>
        )}
      </Stats>
    </Panel>
  );
}

export function Positions({
  of: { balances, base_token },
}: {
  of: Pick<Statement, "balances" | "base_token">;
}) {
  return (
    <Panel title="Positions" flush>
      {balances.length === 0 ? (
        <Empty title="Nothing is held">Everything has been withdrawn.</Empty>
      ) : (
        <Table heads={["Token", num("Holding"), num("Worth"), num("Cost"), num("Price")]}>
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
        </Table>
      )}
    </Panel>
  );
}
