// How near a vault is to each of its limits.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../api/client";
import { limitsOf } from "../api/queries";
import { bps, count, span } from "../format";
import { Answered, Badge, Explain, Meter, Panel } from "../ui/parts";

const LIMIT_NAMES: Record<Schemas["Limit"]["name"], string> = {
  stop_loss: "Stop-loss",
  take_profit: "Take-profit",
  drawdown: "Drawdown",
  daily_loss: "Daily loss",
  token_share: "In one token",
  exposure: "Outside cash",
  positions: "Positions",
  cooldown: "Between entries",
  expiry: "Expiry",
};

/** How near the vault is to each of its limits, and what happens there. */
export function RoomToLimits({ id }: { id: number }) {
  const query = useQuery(limitsOf(id));
  return (
    <Panel title="Room to each limit">
      <Answered query={query}>
        {({ data }) => (
          <>
            {!data.some((limit) => STOPS.has(limit.name)) && (
              <p className="muted">
                No stop is set: this vault copies on whatever happens. Set one under “Change limits”.
              </p>
            )}
            <ul className="stops">
              {data.map((limit) => (
                <OneLimit key={limit.name} of={limit} />
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Panel>
  );
}

const STOPS = new Set(["stop_loss", "take_profit", "drawdown", "daily_loss"]);

function OneLimit({ of: limit }: { of: Schemas["Limit"] }) {
  const name = LIMIT_NAMES[limit.name];
  const show = (value: number) =>
    limit.unit === "bps" ? bps(value) : limit.unit === "count" ? count(value) : span(value);
  const now = limit.now === null ? null : Math.max(0, Number(limit.now));
  const used = now === null ? null : now / limit.limit;
  return (
    <li>
      <Explain text={`Measured against ${limit.reference}. When it is reached: ${limit.action}.`}>
        {name}
      </Explain>
      {used === null ? (
        <span className="muted">not known yet</span>
      ) : (
        <Meter used={used} label={`${name}: ${Math.min(100, Math.round(used * 100))}% used up`} />
      )}
      <span className="figure">
        {limit.reached ? <Badge tone="bad">reached</Badge> : now === null ? "–" : show(now)} of{" "}
        {show(limit.limit)}
      </span>
    </li>
  );
}
