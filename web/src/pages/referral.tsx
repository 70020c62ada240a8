// Whom one has sent: campaigns with their links, what came of them by the chain, the income of each month, and the claim.
import { useQuery } from "@tanstack/react-query";
import type { Address, Hex } from "viem";
import { AccountLinks } from "../account/links";
import { SignInOffer } from "../account/needs";
import { useSession } from "../account/session";
import { type Referrals, referrals } from "../api/social";
import { useDeployment } from "../chain/context";
import { sendRaw, useTransact } from "../chain/transact";
import { useLink } from "../chain/wallet";
import { count } from "../format";
import { ReferralPanel } from "../portfolio/referral";
import { Campaigns } from "../referral/campaigns";
import { Months } from "../referral/months";
import { Amounts, FEW, People } from "../referral/result";
import { Amount } from "../ui/figures";
import { Answered, Page, Panel, Skeleton, Stat, Stats, TxStatus } from "../ui/parts";

const LEAD =
  "Who opens a vault through your link names you in it on chain, and the leader's terms say what you get of their fees.";

export default function ReferralPage() {
  const { me } = useSession();
  const link = useLink(useDeployment());
  const address = me?.address ?? (link.state === "ready" ? link.address : null);
  if (me === undefined) return <Skeleton lines={6} />;
  return (
    <Page title="Referral" lead={LEAD} aside={me && <AccountLinks />}>
      {me ? (
        <Everything />
      ) : (
        <SignInOffer what="Campaigns, results and income are yours alone to see. Your link needs no signing in." />
      )}
      {address && <ReferralPanel owner={address as Address} />}
    </Page>
  );
}

function Everything() {
  const query = useQuery(referrals);
  return (
    <Answered query={query} lines={8}>
      {({ data }) => (
        <>
          <Panel title="What came of it">
            <Stats>
              <Stat label="Vaults opened" note={`${count(data.total.open_vaults)} are open`}>
                <span className="figure">{count(data.total.vaults)}</span>
              </Stat>
              <Stat label="People" explain={FEW}>
                <People of={data.total} few="fewer than 5" />
              </Stat>
              <Stat label="First deposits" explain={FEW}>
                <Amounts of={data.total.first_deposits} />
              </Stat>
              <Stat label="Traded" explain={FEW}>
                <Amounts of={data.total.volume} />
              </Stat>
              <Stat label="Your income" explain="Your part of the fees, by the ledger, since the beginning.">
                <Amounts of={data.total.income} />
              </Stat>
            </Stats>
          </Panel>
          <Campaigns of={data} />
          <div className="columns even">
            <Months />
            <Claims of={data.balances} />
          </div>
        </>
      )}
    </Answered>
  );
}

function Claims({ of: balances }: { of: Referrals["balances"] }) {
  return (
    <Panel title="To claim">
      {balances.length === 0 ? (
        <p className="muted">Nothing was earned yet.</p>
      ) : (
        <ul className="stack">
          {balances.map((balance) => (
            <OneClaim key={balance.earned.token} of={balance} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Drawn up by the server, sent by the wallet that is connected. */
function OneClaim({ of: balance }: { of: Referrals["balances"][number] }) {
  const { progress, busy, run } = useTransact();
  const { claim, claimable, earned, unclaimed } = balance;
  return (
    <li className="stack tight">
      <dl className="pairs">
        <dt>Earned as referrer</dt>
        <dd>
          <Amount of={earned} />
        </dd>
        <dt>Of it not yet claimed</dt>
        <dd>
          <Amount of={unclaimed} />
        </dd>
      </dl>
      {claim && (
        <div className="row">
          <button
            type="button"
            className="primary"
            disabled={busy}
            onClick={() =>
              run(
                (steps) => sendRaw(steps, claim.to as Address, claim.data as Hex),
                "It is in your account; withdraw it from the portfolio.",
              )
            }
          >
            Claim {claimable.symbol}
          </button>
          <span className="help">
            All <Amount of={claimable} /> that you have earned here in any part go to your account.
          </span>
        </div>
      )}
      <TxStatus progress={progress} />
    </li>
  );
}
