// The page without a network: its own files as they were last seen, never an answer of the API. Whoever opens
// /withdraw with the server away still gets the page, and the page asks the wallet.
const SHELL = "lockstep-shell-1";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(["/index.html", "/theme.js", "/icon.svg"])));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (pathname.startsWith("/assets/")) event.respondWith(keptFirst(request));
});

/** A page's address: from the network if it answers, else the one page that there is. */
async function page(request, pathname) {
  const ofTheApi = /^\/(v1|docs|openapi|deployments|health|ready|static-offline)/.test(pathname);
  try {
    const answer = await fetch(request);
    const isPage = answer.ok && !ofTheApi && answer.headers.get("content-type")?.startsWith("text/html");
    if (isPage) await (await caches.open(SHELL)).put("/index.html", answer.clone());
    return answer;
  } catch (error) {
    const kept = ofTheApi ? undefined : await caches.match("/index.html");
    if (kept) return kept;
    throw error;
  }
}

/** A built file's name changes with its content: what is here is right. */
async function keptFirst(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

/** The page tells which files it is made of once it has nothing else to do. */
self.addEventListener("message", (event) => {
  const files = event.data?.keep;
  if (!Array.isArray(files)) return;
  event.waitUntil(
    caches.open(SHELL).then(async (cache) => {
      const wanted = new Set(files.map((file) => new URL(file, self.location.origin).href));
      for (const request of await cache.keys()) {
        if (request.url.includes("/assets/") && !wanted.has(request.url)) await cache.delete(request);
      }
      for (const url of wanted) if (!(await cache.match(url))) await cache.add(url).catch(() => {});
    }),
  );
});
