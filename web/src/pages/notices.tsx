// Being told: ways to reach somebody, what to tell, and what was told.
import { AccountLinks } from "../account/links";
import { SignInOffer } from "../account/needs";
import { useSession } from "../account/session";
import { Channels } from "../told/channels";
import { ToldLog } from "../told/log";
import { Rules } from "../told/rules";
import { ThisBrowser } from "../told/this-browser";
import { Page, Skeleton } from "../ui/parts";

const LEAD = "Every notice is a fact of the ledger, with the block it follows from.";

export default function NoticesPage() {
  const { me } = useSession();
  if (me === undefined) return <Skeleton lines={6} />;
  if (me === null) {
    return (
      <Page title="Notices" lead={LEAD}>
        <SignInOffer what="It lets this server reach you in this browser, by mail, webhook or chat, and nobody else know how." />
      </Page>
    );
  }
  return (
    <Page title="Notices" lead={LEAD} aside={<AccountLinks />}>
      <div className="columns even">
        <div className="stack">
          <ThisBrowser />
          <Channels />
        </div>
        <Rules me={me} />
      </div>
      <ToldLog />
    </Page>
  );
}
