// A vault's papers.
import { useState } from "react";
import { download } from "../api/client";
import { Trouble } from "../ui/parts";

/** The vault's month, to keep: a page for people, a table for programs, and what the tax office asks for. */
export function Downloads({ id, month }: { id: number; month: string }) {
  const path = `/v1/vaults/${id}/statements/${month}`;
  const [problem, setProblem] = useState<Error | null>(null);
  const paper = () => {
    setProblem(null);
    download(path, "application/pdf", `lockstep-vault-${id}-${month}.pdf`).catch(setProblem);
  };
  return (
    <div className="buttons">
      <button type="button" className="small" onClick={paper}>
        Statement
      </button>
      <a className="button small" href={path} download={`lockstep-vault-${id}-${month}.csv`}>
        CSV
      </a>
      <a
        className="button small"
        href={`/v1/vaults/${id}/tax-lots`}
        download={`lockstep-vault-${id}-tax.csv`}
      >
        Tax lots
      </a>
      {problem && <Trouble error={problem} />}
    </div>
  );
}
