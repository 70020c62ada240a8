// Starts the page: which deployment, which wallet, which address.
import "@fontsource-variable/inter/wght.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/forms.css";
import "./styles/pages.css";
import "./styles/social.css";
import "./styles/phone.css";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { type ReactNode, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { WagmiProvider } from "wagmi";
import { ApiProblem, type Protocol } from "./api/client";
import { protocol } from "./api/queries";
import { App } from "./app";
import { DeploymentContext } from "./chain/context";
import { type Deployment, remember, remembered } from "./chain/deployment";
import { noteReferrer } from "./chain/referrer";
import { walletConfig } from "./chain/wallet";
import { keepForOffline } from "./offline";
import { Skeleton, Trouble } from "./ui/parts";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Asked also while the browser says that it is offline: then the page says what cannot be reached, instead of
      // waiting without a word, and what asks the wallet goes on.
      networkMode: "always",
      refetchOnReconnect: true,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiProblem && error.status > 0 && error.status < 500),
    },
  },
});

const toDeployment = (answer: { data: Protocol }) => remember(answer.data);

/** Waits for what everything else needs: which hub on which chain. A returning visitor's browser knows it. */
function Start() {
  const [known] = useState(remembered);
  const asked = useQuery({ ...protocol, select: toDeployment });
  const deployment = asked.data ?? known;
  if (!deployment) {
    return (
      <main>
        {asked.error ? <Trouble error={asked.error} retry={asked.refetch} /> : <Skeleton lines={8} />}
      </main>
    );
  }
  return (
    <Connected key={`${deployment.chainId} ${deployment.hub}`} deployment={deployment}>
      <App />
    </Connected>
  );
}

/** One wallet configuration as long as the hub is the same. */
function Connected({ deployment, children }: { deployment: Deployment; children: ReactNode }) {
  const [config] = useState(() => walletConfig(deployment));
  return (
    <DeploymentContext value={deployment}>
      <WagmiProvider config={config}>{children}</WagmiProvider>
    </DeploymentContext>
  );
}

noteReferrer();
keepForOffline();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Start />
      </QueryClientProvider>
    </StrictMode>,
  );
}
