// What a leader goes by, and what the operator of this server says of them. No chain data: it binds nobody on chain.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { leader } from "../api/queries";
import { socialOf } from "../api/social";
import { date } from "../format";
import { Address } from "../ui/figures";
import { Badge, Notice } from "../ui/parts";

/** By the name that the leader has claimed, if any. */
export function LeaderName({ id, address }: { id: number; address: string }) {
  const profile = useQuery(socialOf(id)).data?.leader;
  return (
    <>
      {profile && (
        <>
          <Link href={`/people/${encodeURIComponent(profile.handle)}`}>
            <bdi>{profile.handle}</bdi>
          </Link>{" "}
        </>
      )}
      <Address of={address} />
    </>
  );
}

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
