// One's own name here: claimed by a signature, with some words; all of it can be taken off.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { AccountLinks } from "../account/links";
import { SignInOffer } from "../account/needs";
import { useSession } from "../account/session";
import { ownProfile } from "../api/social";
import { AboutForm } from "../social/about";
import { Claim } from "../social/claim";
import { Proof } from "../social/proof";
import { reasonWords } from "../social/words";
import { Answered, Badge, Notice, Page, Panel, Skeleton } from "../ui/parts";

const LEAD =
  "A name that your wallet has signed for. Nobody needs one, and followers are never shown by it unasked.";

export default function ProfilePage() {
  const { me } = useSession();
  if (me === undefined) return <Skeleton lines={6} />;
  if (me === null) {
    return (
      <Page title="Profile" lead={LEAD}>
        <SignInOffer what="It lets you claim a name and say something about yourself." />
      </Page>
    );
  }
  return (
    <Page title="Profile" lead={LEAD} aside={<AccountLinks />}>
      <Own />
    </Page>
  );
}

function Own() {
  const query = useQuery(ownProfile);
  return (
    <Answered query={query} lines={4}>
      {({ profile, reserved }) =>
        profile ? (
          <>
            {profile.hidden && (
              <Notice tone="warn" title="Staff has hidden your words and links">
                Why: {reasonWords(profile.hidden.code)}. Your name stays.
              </Notice>
            )}
            <div className="columns">
              <div className="stack">
                <Panel
                  title={
                    <>
                      <bdi>{profile.handle}</bdi> <Badge tone="good">Signed</Badge>
                    </>
                  }
                  aside={
                    <Link href={`/people/${encodeURIComponent(profile.handle)}`} className="button small">
                      As others see it
                    </Link>
                  }
                >
                  <AboutForm key={profile.changed} of={profile} />
                </Panel>
                <Panel title="Another name">
                  <Claim had={profile.handle} />
                </Panel>
              </div>
              <Proof of={profile} />
            </div>
          </>
        ) : (
          <Panel title="Claim a name">
            {reserved.length > 0 && <p className="muted">Kept for you: {reserved.join(", ")}.</p>}
            <Claim had={reserved[0] ?? ""} />
          </Panel>
        )
      }
    </Answered>
  );
}
