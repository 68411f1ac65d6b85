// Tries every way that a page has to reach a URL, and brings home what it could read.
// The plan, from plan.js: TARGETS = {all: [URLs], some: [URLs]}; each of `some` is tried in every way, each of `all` in a few.
"use strict";

const PATIENCE_MS = 1200;
const AT_A_TIME = 24;

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const attempt = (make) => Promise.race([Promise.resolve().then(make), later(PATIENCE_MS).then(() => "silence")]);

// An element that loads a URL; what came of it is whether it loaded.
function element(tag, attributes, parent = document.body) {
  return (url) =>
    new Promise((resolve) => {
      const made = document.createElement(tag);
      made.onload = made.oncanplay = () => resolve("loaded");
      made.onerror = () => resolve("error");
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value.replace("URL", url));
      parent.append(made);
    });
}

function styled(css) {
  return (url) => {
    const style = document.createElement("style");
    style.textContent = css.replaceAll("URL", url);
    document.head.append(style);
    const shown = document.createElement("p");
    shown.className = "attacked";
    shown.textContent = "attacked";
    document.body.append(shown);
    return later(PATIENCE_MS / 2).then(() => "unknown");
  };
}

function worker(source) {
  return (url) =>
    new Promise((resolve) => {
      const blob = new Blob([source.replaceAll("URL", url)], { type: "text/javascript" });
      const made = new Worker(URL.createObjectURL(blob));
      made.onmessage = (message) => resolve(message.data);
      made.onerror = () => resolve("error");
    });
}

function socket(kind) {
  return (url) =>
    new Promise((resolve) => {
      const made = kind(url);
      made.onopen = () => resolve("opened");
      made.onmessage = (message) => resolve(message.data);
      made.onerror = () => resolve("error");
    });
}

function peer(scheme, transport) {
  return async (url) => {
    const { hostname } = new URL(url);
    const server = { urls: `${scheme}:${hostname}:3478?transport=${transport}`, username: "u", credential: "p" };
    if (scheme === "stun") server.urls = `stun:${hostname}:3478`;
    const made = new RTCPeerConnection({ iceServers: [server] });
    const found = [];
    made.onicecandidate = (event) => event.candidate && found.push(event.candidate.candidate);
    made.createDataChannel("attack");
    await made.setLocalDescription(await made.createOffer());
    await later(PATIENCE_MS - 200);
    made.close();
    return found.join("\n") || "no candidate";
  };
}

const home = (url) => `/redirect?to=${encodeURIComponent(url)}`;
const text = (answer) => answer.text();
const insecure = (url) => url.replace(/^http/, "ws");

const FEW = {
  fetch: (url) => fetch(url).then(text),
  image: element("img", { src: "URL" }),
  iframe: element("iframe", { src: "URL" }),
  WebSocket: socket((url) => new WebSocket(insecure(url))),
};

const WAYS = {
  ...FEW,
  "fetch without CORS": (url) => fetch(url, { mode: "no-cors" }).then((answer) => answer.type),
  "fetch of a redirect": (url) => fetch(home(url)).then(text),
  "fetch that is kept alive": (url) => fetch(url, { method: "POST", body: "x", keepalive: true, mode: "no-cors" }).then(text),
  XMLHttpRequest: (url) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onload = () => resolve(request.responseText);
      request.onerror = () => resolve("error");
      request.open("GET", url);
      request.send();
    }),
  beacon: (url) => String(navigator.sendBeacon(url, "x")),
  EventSource: socket((url) => new EventSource(url)),
  WebTransport: (url) => new WebTransport(url.replace(/^http:/, "https:")).ready.then(() => "opened"),
  "STUN server": peer("stun", "udp"),
  "TURN server": peer("turn", "udp"),
  "TURN server over TCP": peer("turn", "tcp"),
  "image by redirect": (url) => element("img", { src: "URL" })(home(url)),
  "iframe by redirect": (url) => element("iframe", { src: "URL" })(home(url)),
  "iframe that refreshes": (url) =>
    element("iframe", { srcdoc: "<meta http-equiv=refresh content='0;url=URL'>" })(url).then(() => later(500)),
  script: element("script", { src: "URL" }),
  "module script": element("script", { src: "URL", type: "module" }),
  "dynamic import": (url) => import(url).then(() => "loaded"),
  stylesheet: element("link", { rel: "stylesheet", href: "URL" }),
  prefetch: element("link", { rel: "prefetch", href: "URL" }),
  preload: element("link", { rel: "preload", as: "fetch", href: "URL" }),
  preconnect: (url) => (element("link", { rel: "preconnect", href: "URL" })(url), later(400)),
  "DNS prefetch": (url) => (element("link", { rel: "dns-prefetch", href: "URL" })(url), later(400)),
  icon: (url) => (element("link", { rel: "icon", href: "URL" }, document.head)(url), later(400)),
  manifest: (url) => (element("link", { rel: "manifest", href: "URL" }, document.head)(url), later(400)),
  "speculation rules": (url) => {
    const rules = document.createElement("script");
    rules.type = "speculationrules";
    rules.textContent = JSON.stringify({ prefetch: [{ urls: [url], eagerness: "immediate" }], prerender: [{ urls: [url] }] });
    document.head.append(rules);
    return later(600);
  },
  video: element("video", { src: "URL", autoplay: "" }),
  audio: element("audio", { src: "URL", autoplay: "" }),
  object: element("object", { data: "URL" }),
  embed: element("embed", { src: "URL" }),
  "PDF in an object": element("object", { data: "URL", type: "application/pdf" }),
  "image button": element("input", { type: "image", src: "URL" }),
  "CSS import": styled("@import url(URL);"),
  "CSS background": styled(".attacked { background: url(URL); }"),
  "CSS mask": styled(".attacked { mask-image: url(URL); }"),
  "CSS cursor": styled(".attacked { cursor: url(URL), auto; }"),
  font: styled("@font-face { font-family: attacked; src: url(URL); } .attacked { font-family: attacked; }"),
  "SVG image": (url) => {
    const holder = document.createElement("div");
    holder.innerHTML = `<svg><image href="${url}" width="9" height="9"/><use href="${url}#x"/></svg>`;
    document.body.append(holder);
    return later(400);
  },
  "form in an iframe": (url) => {
    const frame = Object.assign(document.createElement("iframe"), { name: `frame${Math.random()}` });
    const form = Object.assign(document.createElement("form"), { action: url, method: "POST", target: frame.name });
    document.body.append(frame, form);
    form.submit();
    return later(600);
  },
  "link with a ping": (url) => {
    const link = Object.assign(document.createElement("a"), { href: "#", ping: url });
    document.body.append(link);
    link.click();
    return later(400);
  },
  "new window": (url) => {
    const opened = window.open(url);
    return later(600).then(() => (opened && opened.close(), "opened"));
  },
  download: (url) => {
    const link = Object.assign(document.createElement("a"), { href: url, download: "loot" });
    document.body.append(link);
    link.click();
    return later(400);
  },
  "worker that fetches": worker("fetch('URL').then((a) => a.text()).then(postMessage, () => postMessage('error'))"),
  "worker that imports": worker("try { importScripts('URL'); postMessage('loaded') } catch { postMessage('error') }"),
  "worker with a socket": worker(
    "const s = new WebSocket('URL'.replace(/^http/, 'ws')); s.onopen = () => postMessage('opened'); s.onerror = () => postMessage('error')",
  ),
  "service worker": (url) =>
    navigator.serviceWorker.register(`/sw.js?${encodeURIComponent(url)}`).then(() => later(800)).then(() => "registered"),
};

async function main() {
  const queue = [
    ...TARGETS.some.flatMap((url) => Object.entries(WAYS).map(([name, way]) => [name, way, url])),
    ...TARGETS.all.flatMap((url) => Object.entries(FEW).map(([name, way]) => [name, way, url])),
  ];
  const came = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, way, url] = next;
      const outcome = await attempt(() => way(url)).catch((error) => `error: ${error.name}`);
      came.push({ way: name, url, outcome: String(outcome).slice(0, 300) });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  document.getElementById("told").textContent = `${came.length} attempts are over.`;
  await fetch("/loot", { method: "POST", body: JSON.stringify(came) });
  window.over = true;
}

main();
