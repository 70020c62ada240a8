// What operators say is wrong, on every page.
import type { Schemas } from "../api/client";
import { Notice, type Tone } from "./parts";

type Incident = Schemas["Incident"];

export const SEVERITY_TONES: Record<Incident["severity"], Tone> = {
  notice: "info",
  degraded: "warn",
  outage: "bad",
};
export const SEVERITIES = Object.keys(SEVERITY_TONES) as Incident["severity"][];

export function IncidentBanners({ of: incidents }: { of: readonly Incident[] }) {
  return incidents.map((incident) => (
    <Notice key={incident.id} tone={SEVERITY_TONES[incident.severity]} title={incident.title}>
      {incident.banner}
    </Notice>
  ));
}
