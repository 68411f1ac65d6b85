"""A site on a warm pod's own localhost, trusted by browsers like HTTPS: one visit leaves things, the next looks.

/traces          say in the title what is found of an earlier visit
/traces?leave    leave all that a page can leave, then say the same
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><script src=/library.js></script><p>Traces<script>
async function leave() {
  document.cookie = 'script=left; max-age=9999';
  localStorage.a = sessionStorage.a = window.name = 'left';
  await new Promise(done => { indexedDB.open('base').onsuccess = done; });
  await (await caches.open('cache')).put('/cached', new Response('left'));
  await navigator.serviceWorker.register('/worker.js');
  await navigator.serviceWorker.ready;
  await new Promise(done => navigator.geolocation.getCurrentPosition(done, done));
}
async function look() {
  const found = {
    cookie: document.cookie.includes('script'),
    localStorage: localStorage.length,
    sessionStorage: sessionStorage.length,
    database: (await indexedDB.databases()).length,
    cache: (await caches.keys()).length,
    worker: (await navigator.serviceWorker.getRegistrations()).length,
    permission: (await navigator.permissions.query({name: 'geolocation'})).state === 'granted',
    name: window.name,
  };
  return Object.keys(found).filter(name => found[name]).join(' ') || 'nothing';
}
(async () => {
  if (location.search) await leave();
  document.title = `found ${await look()}; library ${library}; sent ${document.body.dataset.sent}`;
})();
</script>"""
WORKER = "onfetch = event => event.respondWith(new Response('<title>found a worker that answers</title>'));"


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    asked_for_library = 0

    def do_GET(self) -> None:
        """Answer a browser."""
        path = self.path.partition("?")[0]
        if path == "/library.js":
            Handler.asked_for_library += 1
            script = f"const library = {Handler.asked_for_library};"
            self.answer(script, "text/javascript", {"Cache-Control": "max-age=9999"})
        elif path == "/worker.js":
            self.answer(WORKER, "text/javascript", {})
        elif path == "/traces":
            sent = "cookies" if self.headers["Cookie"] else "none"
            page = PAGE.replace("<p>", f"<body data-sent={sent}><p>")
            self.answer(page, "text/html", {"Set-Cookie": "server=left; Max-Age=9999; HttpOnly"})
        else:
            self.send_error(404)

    def answer(self, text: str, kind: str, headers: dict[str, str]) -> None:
        """Send a text."""
        body = text.encode()
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Say so when it listens, and serve until the process is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
