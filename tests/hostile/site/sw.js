// Fetches what its own URL names, as a service worker does: without a page.
"use strict";
const url = decodeURIComponent(location.search.slice(1));
self.addEventListener("install", (event) => {
  const tell = (outcome) => fetch("/loot", { method: "POST", body: JSON.stringify([{ way: "service worker", url, outcome }]) });
  event.waitUntil(fetch(url).then((answer) => answer.text()).then(tell, () => tell("error")));
});
