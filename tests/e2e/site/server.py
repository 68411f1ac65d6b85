"""A site that misbehaves on request and counts its visits. Standard library only: it runs from a ConfigMap.

Pages                what they do
/good                answer at once
/visits              show how often they were asked for, so that each picture differs
/status/<code>       answer with this status
/slow?seconds=<n>    answer after so many seconds
/never               never answer
/gate/<name>         answer once the gate is open
/lead/<name>?to=<url>  lead there once the gate is open
/large?kib=<n>       answer with so much text
/memory?mib=<n>      keep so much memory in JavaScript
/asked               ask for a password, then tell in the title, as digests, what was sent: X-Token and cookies too

As a proxy it answers in the place of whatever is asked for, and counts such visits as /proxied and what it was shown.

For the tests, not counted:
/hits                visits by path and query, as JSON
/open/<name>         open a gate
/close/<name>        close it again
"""

import hashlib
import json
import sys
import threading
from collections import Counter, defaultdict
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LONGEST_SECONDS = 600.0

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body {{ margin: 0; font: 40px sans-serif; color: #fff; background: linear-gradient(#3a2454, #e05a5a); }}</style>
<body><p style="padding: 20px">{title}</p>{more}</body></html>
"""

# Written over and over, so that no page of it is shared or left out.
MEMORY = """<script>
const kept = [];
for (let mib = 0; mib < {mib}; mib += 4) {{
  const block = new Uint32Array(1 << 20);
  for (let place = 0; place < block.length; place += 16) block[place] = place ^ mib;
  kept.push(block);
}}
window.kept = kept;
</script>"""


def digest(text: str) -> str:
    """Return what shows that a value was sent, without the value."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class Visits:
    """What the site remembers."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self._gates: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._lock = threading.Lock()

    def count(self, path: str) -> int:
        """Count a visit and return how many there were."""
        with self._lock:
            self.hits[path] += 1
            return self.hits[path]

    def gate(self, name: str) -> threading.Event:
        """Return the gate of this name; it is closed at first."""
        with self._lock:
            return self._gates[name]


VISITS = Visits()


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.netloc:
            VISITS.count(f"/proxied?of={digest(self.headers.get('Proxy-Authorization', ''))}")
            self.answer(200, PAGE.format(title="By proxy", more=""), "text/html; charset=utf-8")
            return
        _, kind, *rest = url.path.split("/")
        name = "/".join(rest)
        if kind in ("hits", "open", "close", "favicon.ico"):
            self.control(kind, name)
            return
        visit = VISITS.count(self.path)
        if kind == "asked":
            self.asked()
            return
        options = {key: values[0] for key, values in parse_qs(url.query).items()}
        if kind == "lead":
            VISITS.gate(name).wait(LONGEST_SECONDS)
            self.answer(302, "", "text/plain", {"Location": options["to"]})
            return
        self.page(kind, name, options, visit)

    def control(self, kind: str, name: str) -> None:
        """Answer a test."""
        if kind == "open":
            VISITS.gate(name).set()
        elif kind == "close":
            VISITS.gate(name).clear()
        self.answer(404 if kind == "favicon.ico" else 200, json.dumps(VISITS.hits), "application/json")

    def page(self, kind: str, name: str, options: dict[str, str], visit: int) -> None:
        """Answer a browser."""
        title, more, status = "Good", "", 200
        match kind:
            case "visits":
                title = f"Visit {visit}"
            case "status":
                title, status = f"Status {name}", int(name)
            case "slow":
                threading.Event().wait(float(options["seconds"]))
            case "never":
                threading.Event().wait(LONGEST_SECONDS)
            case "gate":
                VISITS.gate(name).wait(LONGEST_SECONDS)
                title = f"Gate {name}, visit {visit}"
            case "large":
                more = "x " * (512 * int(options["kib"]))
            case "memory":
                title, more = "Memory", MEMORY.format(mib=int(options["mib"]))
        self.answer(status, PAGE.format(title=title, more=more), "text/html; charset=utf-8")

    def asked(self) -> None:
        """Answer with what was sent, once there is a user and a password."""
        if "Authorization" not in self.headers:
            self.answer(401, "Who is it?", "text/plain", {"WWW-Authenticate": 'Basic realm="e2e"'})
            return
        sent = {name: self.headers[name] for name in ("Authorization", "X-Token") if name in self.headers}
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        sent |= {name: cookie.value for name, cookie in sorted(cookies.items())}
        title = " ".join(f"{name}={digest(value)}" for name, value in sent.items())
        self.answer(200, PAGE.format(title=title, more=""), "text/html; charset=utf-8")

    def answer(self, status: int, text: str, kind: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            print(f"{self.path}: the visitor had gone", file=sys.stderr, flush=True)


def main() -> None:
    """Serve until the process is ended."""
    server = ThreadingHTTPServer(("", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
