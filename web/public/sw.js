// The page without a network: its own files as they were last seen, never an answer of the API. Whoever opens
// /withdraw with the server away still gets the page, and the page asks the wallet. And what is pushed: shown, and
// its page opened by a click.
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

/** What was pushed is shown, always: browsers allow no silent message. */
self.addEventListener("push", (event) => event.waitUntil(tell(said(event.data))));

function said(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

async function tell({ id, title, text, page, urgent, at, confirms }) {
  const confirmed = confirms ? await confirm(confirms) : false;
  await self.registration.showNotification(
    confirmed ? "You are told here from now on" : String(title ?? "Lockstep"),
    {
      body: confirmed ? "What you are told, you choose under Notices." : String(text ?? ""),
      tag: id,
      timestamp: at ? at * 1000 : Date.now(),
      icon: "/icon-192.png",
      badge: "/icon-192.png",
      requireInteraction: urgent === true && !confirmed,
      data: { page: confirmed ? "/notices" : ofThisPage(page) },
    },
  );
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage({ told: true });
}

/** A code that came by the channel goes back by itself, as who is signed in; else the text has it, to be typed. */
async function confirm({ channel, code }) {
  try {
    const answer = await fetch(`/v1/notifications/channels/${Number(channel)}/confirmation`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code: String(code) }),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** An address of this page, whatever was said. */
function ofThisPage(page) {
  const start = new URL("/", self.location.origin);
  const found = typeof page === "string" ? new URL(page, start) : start;
  return (found.origin === start.origin ? found : start).href;
}

/** The page of it: where it is open already, that; else anew, so that nobody loses what they were filling in. */
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(ofThisPage(event.notification.data?.page)));
});

async function open(url) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((each) => each.url === url);
  await (there ? there.focus() : self.clients.openWindow(url));
}
