// Which page is at which address. Pages but the first come when they are asked for.
import { lazy, Suspense } from "react";
import { Link, Route, Switch } from "wouter";
import DiscoverPage from "./pages/discover";
import { Empty, Skeleton } from "./ui/parts";
import { Shell } from "./ui/shell";

const LeaderPage = lazy(() => import("./pages/leader"));
const CopyPage = lazy(() => import("./pages/copy"));
const TryPage = lazy(() => import("./pages/try"));
const PlayPage = lazy(() => import("./pages/play"));
const ComparePage = lazy(() => import("./pages/compare"));
const DashboardPage = lazy(() => import("./pages/dashboard"));
const PortfolioPage = lazy(() => import("./pages/portfolio"));
const VaultPage = lazy(() => import("./pages/vault"));
const WithdrawPage = lazy(() => import("./pages/withdraw"));
const AccountPage = lazy(() => import("./pages/account"));
const NoticesPage = lazy(() => import("./pages/notices"));
const WatchingPage = lazy(() => import("./pages/watching"));
const ProfilePage = lazy(() => import("./pages/profile"));
const PersonPage = lazy(() => import("./pages/person"));
const ReferralPage = lazy(() => import("./pages/referral"));
const DeskPage = lazy(() => import("./pages/desk"));
const OperatorPage = lazy(() => import("./pages/operator"));

export function App() {
  return (
    <Shell>
      <Suspense fallback={<Skeleton lines={8} />}>
        <Switch>
          <Route path="/" component={DiscoverPage} />
          <Route path="/leaders/:id">{({ id }) => <Numbered id={id} page={LeaderPage} />}</Route>
          <Route path="/leaders/:id/copy">{({ id }) => <Numbered id={id} page={CopyPage} />}</Route>
          <Route path="/leaders/:id/try">{({ id }) => <Numbered id={id} page={TryPage} />}</Route>
          <Route path="/play/:id">
            {({ id }) => (/^[0-9a-f]{32}$/.test(id) ? <PlayPage key={id} id={id} /> : <Nowhere />)}
          </Route>
          <Route path="/compare/:ids">
            {({ ids }) => (
              <ComparePage ids={ids.split(",").map(Number).filter(Number.isSafeInteger).slice(0, 4)} />
            )}
          </Route>
          <Route path="/dashboard" component={DashboardPage} />
          <Route path="/portfolio" component={PortfolioPage} />
          <Route path="/vaults/:id">{({ id }) => <Numbered id={id} page={VaultPage} />}</Route>
          <Route path="/withdraw" component={WithdrawPage} />
          <Route path="/account" component={AccountPage} />
          <Route path="/notices" component={NoticesPage} />
          <Route path="/watching" component={WatchingPage} />
          <Route path="/profile" component={ProfilePage} />
          <Route path="/referral" component={ReferralPage} />
          <Route path="/people/:who">
            {({ who }) => (/^\w{3,42}$/.test(who) ? <PersonPage key={who} who={who} /> : <Nowhere />)}
          </Route>
          <Route path="/desk" component={DeskPage} />
          <Route path="/operator" component={OperatorPage} />
          <Route component={Nowhere} />
        </Switch>
      </Suspense>
    </Shell>
  );
}

function Numbered({ id, page: Page }: { id: string; page: React.ComponentType<{ id: number }> }) {
  return /^[1-9]\d{0,9}$/.test(id) ? <Page key={id} id={Number(id)} /> : <Nowhere />;
}

function Nowhere() {
  return (
    <Empty
      title="There is nothing at this address"
      action={
        <Link href="/" className="button primary">
          To the leaders
        </Link>
      }
    >
      The link may be old or mistyped.
    </Empty>
  );
}
