// Telling everybody that something is wrong, and that it is over.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { post, type Schemas } from "../api/client";
import { protocol } from "../api/queries";
import { When } from "../ui/figures";
import { SEVERITIES, SEVERITY_TONES } from "../ui/incidents";
import { Answered, Badge, Field, Panel, Trouble } from "../ui/parts";

type Severity = Schemas["Incident"]["severity"];

export function Incidents() {
  const query = useQuery(protocol);
  const doing = useDoing();
  return (
    <Panel title="Incidents">
      <Answered query={query}>
        {({ data }) =>
          data.incidents.length === 0 ? (
            <p className="muted">Nothing is known to be wrong.</p>
          ) : (
            <ul className="stack tight">
              {data.incidents.map((incident) => (
                <OneIncident key={incident.id} of={incident} doing={doing} />
              ))}
            </ul>
          )
        }
      </Answered>
      <OpenIncident doing={doing} />
      {doing.error && <Trouble error={doing.error} />}
    </Panel>
  );
}

type Doing = ReturnType<typeof useDoing>;

function OneIncident({ of: incident, doing: { busy, run } }: { of: Schemas["Incident"]; doing: Doing }) {
  const [outcome, setOutcome] = useState("");
  return (
    <li>
      <Badge tone={SEVERITY_TONES[incident.severity]}>{incident.severity}</Badge>{" "}
      <strong>{incident.title}</strong> since <When at={incident.opened} />
      <p className="help">{incident.banner}</p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          run(() => post(`/v1/admin/incidents/${incident.id}/closing`, { outcome }));
        }}
      >
        <input
          aria-label={`How ${incident.title} ended`}
          placeholder="How it ended"
          maxLength={1_000}
          value={outcome}
          onChange={(event) => setOutcome(event.target.value)}
        />
        <button type="submit" className="small" disabled={busy || outcome.trim().length < 3}>
          Close
        </button>
      </form>
    </li>
  );
}

function OpenIncident({ doing: { busy, run } }: { doing: Doing }) {
  const [severity, setSeverity] = useState<Severity>("degraded");
  const [title, setTitle] = useState("");
  const [banner, setBanner] = useState("");
  return (
    <form
      className="stack tight"
      aria-label="Open an incident"
      onSubmit={(event) => {
        event.preventDefault();
        run(
          () => post("/v1/admin/incidents", { severity, title, banner }),
          () => {
            setTitle("");
            setBanner("");
          },
        );
      }}
    >
      <div className="grid">
        <Field label="How bad">
          {(props) => (
            <select
              {...props}
              value={severity}
              onChange={(event) => setSeverity(event.target.value as Severity)}
            >
              {SEVERITIES.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="What is wrong">
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              maxLength={120}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Field label="What people should know and do" help="Everybody sees it on every page, at once.">
        {(props) => (
          <input
            {...props}
            autoComplete="off"
            maxLength={1_000}
            value={banner}
            onChange={(event) => setBanner(event.target.value)}
          />
        )}
      </Field>
      <button type="submit" disabled={busy || title.trim().length < 3 || banner.trim().length < 3}>
        Tell everybody
      </button>
    </form>
  );
}
