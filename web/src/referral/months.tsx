// The income of each month, as the ledger has it, also as a file.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { download } from "../api/client";
import { referralMonths } from "../api/social";
import { count } from "../format";
import { Amount } from "../ui/figures";
import { Answered, Empty, Panel, Trouble } from "../ui/parts";
import { num, Table } from "../ui/table";

export function Months() {
  const query = useQuery(referralMonths);
  const [problem, setProblem] = useState<Error | null>(null);
  return (
    <Panel
      title="Income by month"
      aside={
        <button
          type="button"
          className="small"
          onClick={() => {
            setProblem(null);
            download("/v1/referrals/statement", "text/csv", "lockstep-referrals.csv").catch(setProblem);
          }}
        >
          CSV
        </button>
      }
      flush
    >
      {problem && <Trouble error={problem} />}
      <Answered query={query} lines={3}>
        {({ data, next_cursor }) =>
          data.length === 0 ? (
            <Empty title="No income yet">Fees of vaults that name you appear here, month by month.</Empty>
          ) : (
            <>
              <Table heads={["Month", num("Strategy"), "From", num("Charges"), num("Income")]}>
                {data.map((row) => (
                  <tr key={`${row.month} ${row.strategy_id} ${row.source} ${row.amount.token}`}>
                    <th scope="row">{monthName(row.month)}</th>
                    <td className="num figure">{row.strategy_id}</td>
                    <td>{row.source} fee</td>
                    <td className="num figure">{count(row.charges)}</td>
                    <td className="num">
                      <Amount of={row.amount} />
                    </td>
                  </tr>
                ))}
              </Table>
              {next_cursor && <p className="help pad">The newest hundred lines; the file has all.</p>}
            </>
          )
        }
      </Answered>
    </Panel>
  );
}

function monthName(month: string): string {
  return new Date(`${month}-15T00:00:00Z`).toLocaleDateString(undefined, { month: "long", year: "numeric" });
}
