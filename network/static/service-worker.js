// Keeps the files of the site and one page for the time without a connection. Pages themselves are never kept: they may
// hold what only one person should read. VERSION, FILES and OFFLINE are written before this text by network/crawlers.py.
self.addEventListener("install", (event) => {
  const keep = async () => (await caches.open(VERSION)).addAll([...FILES, ...Object.values(OFFLINE)]);
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const sweep = async () => {
    for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(sweep());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    const page = OFFLINE[pathname.split("/")[1]] ?? OFFLINE.vi;
    event.respondWith(fetch(request).catch(() => caches.match(page)));
  } else if (FILES.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  }
});
