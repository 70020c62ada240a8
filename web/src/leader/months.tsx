// A leader's months.
import type { Schemas } from "../api/client";
import { percent } from "../format";
import { Panel } from "../ui/parts";
import { hidden, Table } from "../ui/table";

const MONTHS = Array.from({ length: 12 }, (_, month) => ({
  code: String(month + 1).padStart(2, "0"),
  name: new Date(Date.UTC(2024, month, 15)).toLocaleDateString(undefined, { month: "narrow" }),
}));

/** A grid of months, a row a year: good and bad at a look, the figure in each cell. */
export function Months({ of: months }: { of: Schemas["Month"][] }) {
  const years = [...new Set(months.map((one) => one.month.slice(0, 4)))].reverse();
  const returns = new Map(months.map((one) => [one.month, one.time_weighted_return]));
  return (
    <Panel title="Months">
      <Table heads={[hidden("Year"), ...MONTHS.map(({ name }) => name)]} className="months">
        {years.map((year) => (
          <tr key={year}>
            <th scope="row">{year}</th>
            {MONTHS.map(({ code }) => (
              <MonthCell key={code} of={returns.get(`${year}-${code}`) ?? null} />
            ))}
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function MonthCell({ of: value }: { of: string | null }) {
  if (value === null) {
    return (
      <td>
        <span className="muted">·</span>
      </td>
    );
  }
  const number = Number(value);
  return (
    <td className={number > 0 ? "rose" : number < 0 ? "fell" : ""}>
      <span title={percent(value, 4, true)}>{percent(value, 1, true)}</span>
    </td>
  );
}
