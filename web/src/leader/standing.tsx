// What the operator of this server says of a leader. No chain data: it binds nobody on chain.
import { useQuery } from "@tanstack/react-query";
import { leader } from "../api/queries";
import { date } from "../format";
import { Badge, Notice } from "../ui/parts";

export function Verified({ id }: { id: number }) {
  const standing = useQuery(leader(id, "all")).data?.data.standing;
  if (!standing?.verified) return null;
  return (
    <Badge tone="good" title={`Since ${date(standing.verified.since)}: ${standing.verified.why}`}>
      Verified
    </Badge>
  );
}

export function StandingNotices({ id }: { id: number }) {
  const standing = useQuery(leader(id, "all")).data?.data.standing;
  return (
    <>
      {standing?.suspended && (
        <Notice tone="warn" title={`Suspended by the operator of this server: ${standing.suspended.why}`}>
          Not offered to new followers here since {date(standing.suspended.since)}. Who follows can leave as
          ever.
        </Notice>
      )}
      {standing?.stopped && (
        <Notice tone="warn" title={`Keepers carry nothing of this leader: ${standing.stopped.why}`}>
          Since {date(standing.stopped.since)}. Exits go on.
        </Notice>
      )}
    </>
  );
}
