// A range for every metric, and sets of ranges kept in this browser under a name.
import { useState } from "react";
import type { MetricName } from "../api/client";
import type { LeadersQuery } from "../api/queries";
import { METRICS, type Metric } from "../metrics";

/** As typed; rates in percent. */
export type Ranges = Partial<Record<MetricName, { min?: string; max?: string }>>;

const KEY = "lockstep.filters";
const FILTERED = METRICS.filter((metric) => metric.kind !== "amount");

/** The API's parameters; what is no number is left out. */
export function toQuery(ranges: Ranges): Partial<LeadersQuery> {
  const query: Record<string, string> = {};
  for (const metric of FILTERED) {
    for (const side of ["min", "max"] as const) {
      const value = toValue(metric, ranges[metric.name]?.[side]);
      if (value !== null) query[`${side}_${metric.name}`] = value;
    }
  }
  return query as Partial<LeadersQuery>;
}

function isRate(metric: Metric): boolean {
  return metric.kind === "return" || metric.kind === "share" || metric.kind === "fall";
}

function toValue(metric: Metric, text: string | undefined): string | null {
  if (!text || !/^-?\d{1,9}(\.\d{1,6})?$/.test(text.trim())) return null;
  const number = (Number(text.trim()) / (isRate(metric) ? 100 : 1)) * (metric.kind === "seconds" ? 3_600 : 1);
  return number.toFixed(8).replace(/\.?0+$/, "");
}

export function RangeFilters({ ranges, onChange }: { ranges: Ranges; onChange: (ranges: Ranges) => void }) {
  const [saved, setSaved] = useState<Record<string, Ranges>>(read);
  const [name, setName] = useState("");
  const keep = (all: Record<string, Ranges>) => {
    setSaved(all);
    localStorage.setItem(KEY, JSON.stringify(all));
  };
  return (
    <section className="panel" aria-label="Filters">
      <div className="ranges">
        {FILTERED.map((metric) => (
          <fieldset key={metric.name} title={metric.explain}>
            <legend>
              {metric.label}
              {isRate(metric) ? ", %" : metric.kind === "seconds" ? ", hours" : ""}
            </legend>
            {(["min", "max"] as const).map((side) => (
              <input
                key={side}
                inputMode="decimal"
                autoComplete="off"
                aria-label={`${metric.label}, ${side === "min" ? "at least" : "at most"}`}
                placeholder={side === "min" ? "from" : "to"}
                value={ranges[metric.name]?.[side] ?? ""}
                onChange={(event) => onChange(changed(ranges, metric.name, side, event.target.value))}
              />
            ))}
          </fieldset>
        ))}
      </div>
      <div className="buttons">
        <input
          aria-label="Name of this set of filters"
          placeholder="Name these filters"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button
          type="button"
          className="small"
          disabled={!name.trim() || Object.keys(ranges).length === 0}
          onClick={() => {
            keep({ ...saved, [name.trim()]: ranges });
            setName("");
          }}
        >
          Save
        </button>
        {Object.entries(saved).map(([title, kept]) => (
          <span key={title} className="chip">
            <button type="button" className="small quiet" onClick={() => onChange(kept)}>
              {title}
            </button>
            <button
              type="button"
              className="small quiet"
              aria-label={`Forget ${title}`}
              onClick={() => {
                const { [title]: _, ...rest } = saved;
                keep(rest);
              }}
            >
              ×
            </button>
          </span>
        ))}
        <button type="button" className="small quiet" onClick={() => onChange({})}>
          Clear all
        </button>
      </div>
    </section>
  );
}

function changed(ranges: Ranges, name: MetricName, side: "min" | "max", text: string): Ranges {
  const { [name]: before, ...rest } = ranges;
  const { [side]: _, ...other } = before ?? {};
  const range = text === "" ? other : { ...other, [side]: text };
  return Object.keys(range).length ? { ...rest, [name]: range } : rest;
}

function read(): Record<string, Ranges> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, Ranges>;
  } catch {
    return {};
  }
}
