// Who is signed in to this server: roles, sessions, second factor, keys. Money needs none of it.
import { Keys } from "../account/keys";
import { AccountLinks } from "../account/links";
import { SignInOffer } from "../account/needs";
import { SecondFactor } from "../account/second-factor";
import { useSession } from "../account/session";
import { Sessions } from "../account/sessions";
import { useDeployment } from "../chain/context";
import { useLink } from "../chain/wallet";
import { ThisBrowser } from "../told/this-browser";
import { Badge, Notice, Page, Skeleton } from "../ui/parts";

const LEAD =
  "Copying and withdrawing need your wallet alone. Signing in is for what this server keeps for you.";

export default function AccountPage() {
  const { me, signOut } = useSession();
  const link = useLink(useDeployment());
  if (me === undefined) return <Skeleton lines={6} />;
  if (me === null) {
    return (
      <Page title="Account" lead={LEAD}>
        <SignInOffer what="It opens your sessions, keys and notices." />
      </Page>
    );
  }
  const connected = link.state === "ready" || link.state === "wrong-network" ? link.address : null;
  const other = connected !== null && connected.toLowerCase() !== me.address.toLowerCase();
  return (
    <Page
      title="Account"
      lead={LEAD}
      aside={
        <div className="row">
          <AccountLinks />
          <button type="button" onClick={() => signOut()}>
            Sign out
          </button>
        </div>
      }
    >
      {other && (
        <Notice tone="warn" title="The wallet that is connected is another one">
          You are signed in as <span className="address long">{me.address}</span>. What you sign is the
          wallet's; what this page shows is the address's above.
        </Notice>
      )}
      <p>
        Signed in as <span className="address long">{me.address}</span>{" "}
        {me.roles.map((role) => (
          <Badge key={role} tone="info">
            {role}
          </Badge>
        ))}
      </p>
      <Sessions />
      <div className="columns even">
        <Keys />
        <SecondFactor of={me} />
      </div>
      <ThisBrowser />
    </Page>
  );
}
