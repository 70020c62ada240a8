// A vault's papers: a month of one's choice, and what the tax office asks for.
import { useState } from "react";
import { download } from "../api/client";
import { Trouble } from "../ui/parts";

const MOST_MONTHS = 36;

/** Chooses a month (`2026-01`) from `last` back to `first`, or three years. */
export function MonthChoice({
  first,
  last,
  value,
  onChange,
}: {
  first?: string;
  last: string;
  value: string;
  onChange: (month: string) => void;
}) {
  return (
    <select
      className="month"
      aria-label="Month of the papers"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {monthsBack(first, last).map((month) => (
        <option key={month} value={month}>
          {new Date(`${month}-15T00:00:00Z`).toLocaleDateString(undefined, {
            month: "long",
            year: "numeric",
          })}
        </option>
      ))}
    </select>
  );
}

function monthsBack(first: string | undefined, last: string): string[] {
  const [year, month] = last.split("-").map(Number) as [number, number];
  return Array.from({ length: MOST_MONTHS }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 15)).toISOString().slice(0, 7),
  ).filter((one) => first === undefined || one >= first);
}

/** The month on paper and as a table, and every lot that was ever sold. */
export function Downloads({ id, month }: { id: number; month: string }) {
  const statement = `/v1/vaults/${id}/statements/${month}`;
  const [problem, setProblem] = useState<Error | null>(null);
  const save = (label: string, path: string, kind: string, name: string) => (
    <button
      type="button"
      className="small"
      onClick={() => {
        setProblem(null);
        download(path, kind, name).catch(setProblem);
      }}
    >
      {label}
    </button>
  );
  return (
    <div className="buttons">
      {save("Statement", statement, "application/pdf", `lockstep-vault-${id}-${month}.pdf`)}
      {save("CSV", statement, "text/csv", `lockstep-vault-${id}-${month}.csv`)}
      {save("Tax lots", `/v1/vaults/${id}/tax-lots`, "text/csv", `lockstep-vault-${id}-tax.csv`)}
      {problem && <Trouble error={problem} />}
    </div>
  );
}
