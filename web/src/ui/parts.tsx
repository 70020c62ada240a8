// The few building blocks that every page is made of.
import { type ReactNode, useId } from "react";
import { ApiProblem } from "../api/client";
import type { Progress } from "../chain/transact";

export function Page({
  title,
  lead,
  aside,
  children,
}: {
  title: ReactNode;
  lead?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {aside && <div className="page-aside">{aside}</div>}
      </header>
      {children}
    </>
  );
}

export function Panel({
  title,
  aside,
  children,
  flush,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className={`panel ${flush ? "flush" : ""}`}>
      {title && (
        <header>
          <h2>{title}</h2>
          {aside && <div className="panel-aside">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

export function Stats({ children }: { children: ReactNode }) {
  return <dl className="stats">{children}</dl>;
}

export function Stat({
  label,
  explain,
  children,
  note,
}: {
  label: string;
  explain?: string;
  children: ReactNode;
  note?: ReactNode;
}) {
  return (
    <div className="stat">
      <dt>{explain ? <Explain text={explain}>{label}</Explain> : label}</dt>
      <dd>{children}</dd>
      {note && <dd className="note">{note}</dd>}
    </div>
  );
}

/** A word that says in one sentence what it means, on hover, focus and tap. */
export function Explain({ text, children }: { text: string; children: ReactNode }) {
  const id = useId();
  return (
    <span className="explain">
      <button type="button" aria-describedby={id}>
        {children}
      </button>
      <span role="tooltip" id={id}>
        {text}
      </span>
    </span>
  );
}

export type Tone = "good" | "bad" | "warn" | "info" | "quiet";

export function Badge({
  tone = "quiet",
  children,
  title,
}: {
  tone?: Tone;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}

export function Notice({
  tone = "info",
  title,
  children,
  action,
}: {
  tone?: Tone;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <div>
        <strong>{title}</strong>
        {children && <p>{children}</p>}
      </div>
      {action}
    </div>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but its place tells one grey bar from the next
        <span key={line} />
      ))}
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/** What was asked for, or that it is on its way, or why it is not here and what to do. */
export function Answered<T>({
  query,
  lines,
  children,
}: {
  query: Asked<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Trouble error={query.error} retry={() => query.refetch()} />;
  return <Skeleton {...(lines && { lines })} />;
}

export function Trouble({ error, retry }: { error: Error; retry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : null;
  return (
    <Notice
      tone="bad"
      title={problem?.title ?? "Something failed"}
      action={
        retry && (
          <button type="button" className="small" onClick={retry}>
            Try again
          </button>
        )
      }
    >
      {error.message} {problem?.remedy}
    </Notice>
  );
}

/** How a transaction stands. Polite for screen readers, in the place of the button that began it. */
export function TxStatus({ progress, children }: { progress: Progress; children?: ReactNode }) {
  if (progress.state === "idle") return null;
  if (progress.state === "failed") {
    return (
      <Notice tone="bad" title={progress.problem.title}>
        {progress.problem.remedy}
      </Notice>
    );
  }
  if (progress.state === "done") {
    return (
      <Notice tone="good" title={progress.say} action={children}>
        <span className="address" title={progress.hash}>
          Transaction {progress.hash.slice(0, 10)}…{progress.hash.slice(-6)}
        </span>
      </Notice>
    );
  }
  return (
    <div className="notice info" role="status">
      <span className="spinner" aria-hidden="true" />
      <strong>{progress.say}</strong>
    </div>
  );
}

export function Segmented<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="segmented">
      <legend className="sr-only">{label}</legend>
      {options.map(([key, text]) => (
        <label key={key}>
          <input type="radio" name={name} checked={key === value} onChange={() => onChange(key)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Field({
  label,
  help,
  unit,
  wrong,
  children,
}: {
  label: string;
  help?: string;
  unit?: string;
  wrong?: string | undefined;
  children: (props: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={`field ${wrong ? "wrong" : ""}`}>
      <label htmlFor={id}>{label}</label>
      <div className="input">
        {children({ id, "aria-describedby": `${id}-help`, "aria-invalid": Boolean(wrong) })}
        {unit && <span className="unit">{unit}</span>}
      </div>
      <p id={`${id}-help`} className="help">
        {wrong ?? help}
      </p>
    </div>
  );
}

/** A share of something used up, as a bar: how near a stop is. */
export function Meter({ used, label }: { used: number; label: string }) {
  const share = Math.max(0, Math.min(1, used));
  return (
    <span
      className={`meter ${share > 0.8 ? "bad" : share > 0.5 ? "warn" : ""}`}
      role="img"
      aria-label={label}
      title={label}
    >
      <span style={{ width: `${share * 100}%` }} />
    </span>
  );
}
