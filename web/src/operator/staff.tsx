// The desk of staff: only there for who has the role, and acts only with a second factor.
import { useDoing } from "../account/do";
import { SignInOffer } from "../account/needs";
import { GiveCode } from "../account/second-factor";
import { type Me, useSession } from "../account/session";
import { Panel, Trouble } from "../ui/parts";
import { AuditLog } from "./audit";
import { Incidents } from "./incidents";
import { LeaderActs } from "./leaders";
import { Moderation } from "./moderation";
import { Overview } from "./overview";
import { People } from "./people";
import { Proposals } from "./proposals";
import { Stops } from "./stops";

export function StaffDesk() {
  const { me } = useSession();
  if (me === undefined) return null;
  if (me === null) {
    return (
      <Panel title="Staff">
        <SignInOffer what="Support, operators and administrators have their desk here." />
      </Panel>
    );
  }
  const staff = me.roles.filter((role) => role !== "follower" && role !== "leader");
  if (staff.length === 0) {
    return (
      <Panel title="Staff">
        <p className="muted">
          You are signed in, and not as staff. An administrator grants roles; they sleep at an address that
          has a vault here.
        </p>
      </Panel>
    );
  }
  return <Desk me={me} />;
}

function Desk({ me }: { me: Me }) {
  const doing = useDoing();
  const operates = me.roles.includes("operator");
  const administers = me.roles.includes("admin");
  if ((operates || administers) && !me.second_factor.given) {
    return (
      <Panel title="Staff: your second factor">
        <p className="muted">
          {me.second_factor.enrolled
            ? "Give a code of your authenticator to go on."
            : "Set up an authenticator on the account page first: operators and administrators cannot act without."}
        </p>
        {me.second_factor.enrolled && <GiveCode busy={doing.busy} run={doing.run} />}
        {doing.error && <Trouble error={doing.error} />}
      </Panel>
    );
  }
  return (
    <>
      <Overview />
      <div className="columns even">
        <div className="stack">
          <Proposals me={me} />
          <Moderation acts={operates || me.roles.includes("support")} />
          {administers && <AuditLog />}
        </div>
        <div className="stack">
          {operates && <Incidents />}
          {operates && <Stops />}
          {operates && <LeaderActs />}
          <People acts={administers} />
        </div>
      </div>
    </>
  );
}
