// Installs the worker that keeps the page's own files, and tells it which these are, so that every page opens without
// the server.
const WORKER = "/sw.js";
/** What is on the screen comes first. */
const AFTER_MS = 2_000;

export function keepForOffline(): void {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  setTimeout(() => {
    register().catch(() => {
      // Without a worker the page needs the server, as any page does.
    });
  }, AFTER_MS);
}

async function register(): Promise<void> {
  await navigator.serviceWorker.register(workerUrl());
  const ready = await navigator.serviceWorker.ready;
  const listed = await fetch("/assets.json");
  if (listed.ok) ready.active?.postMessage({ keep: await listed.json() });
}

interface Policies {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => string };
}

/** The page's policy takes addresses of scripts from a policy of its own alone; this one knows a single address. */
function workerUrl(): string {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  if (!policies) return WORKER;
  return policies.createPolicy("lockstep-worker", { createScriptURL: () => WORKER }).createScriptURL(WORKER);
}
