// Telling staff about something that should not be here: once each, by whoever is signed in.
import { useState } from "react";
import { useDoing } from "../account/do";
import { useSession } from "../account/session";
import { post } from "../api/client";
import type { HiddenCode } from "../api/social";
import { Field, Trouble } from "../ui/parts";
import { REASONS } from "./words";

const MOST_WORDS = 500;

interface Subject {
  subject: "comment" | "review" | "annotation" | "profile";
  id: string;
  /** What it is to a reader: “review of 0x70…79C8”. */
  name: string;
}

export function Report({ of: { subject, id, name } }: { of: Subject }) {
  const { me } = useSession();
  const { busy, error, run } = useDoing();
  const [open, setOpen] = useState(false);
  const [sent, setSent] = useState(false);
  const [reason, setReason] = useState<HiddenCode>("spam");
  const [words, setWords] = useState("");
  if (!me) return null;
  if (sent) return <span className="help">Reported. Staff will look at it.</span>;
  if (!open) {
    return (
      <button
        type="button"
        className="tiny quiet"
        aria-label={`Report ${name}`}
        onClick={() => setOpen(true)}
      >
        Report
      </button>
    );
  }
  return (
    <form
      className="stack tight report"
      aria-label={`Report ${name}`}
      onSubmit={(event) => {
        event.preventDefault();
        run(
          () => post("/v1/reports", { subject, id, reason, words: words.trim() }),
          () => setSent(true),
        );
      }}
    >
      <Field label="What is wrong with it">
        {(props) => (
          <select {...props} value={reason} onChange={(event) => setReason(event.target.value as HiddenCode)}>
            {REASONS.map(([code, label]) => (
              <option key={code} value={code}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="In your words" help="Only staff reads it.">
        {(props) => (
          <textarea
            {...props}
            rows={2}
            maxLength={MOST_WORDS}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </Field>
      <div className="buttons">
        <button type="submit" className="small" disabled={busy}>
          Report it
        </button>
        <button type="button" className="small quiet" onClick={() => setOpen(false)}>
          Rather not
        </button>
      </div>
      {error && <Trouble error={error} />}
    </form>
  );
}
