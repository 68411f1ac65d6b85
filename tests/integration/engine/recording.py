"""A small web server that remembers what it was asked with. It has two names, and so two origins."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HTML = "text/html; charset=utf-8"
LONGEST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered under a path. `{other}` in a text stands for the other origin.

    Status 401 opens for any login, unless it is `locked`.
    """

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = HTML
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the host without its port, the path, and the headers by lower-case name."""

    host: str
    path: str
    headers: Mapping[str, str]


Site = Mapping[str, Reply | str]


class Recorder(ThreadingHTTPServer):
    """Serves a site and keeps all requests in the order in which they came."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site: Site = {}
        self.silent: set[str] = set()
        """Paths that are asked for and never answered."""
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        scheme = "https" if certificate else "http"
        self.own = f"{scheme}://127.0.0.1:{self.server_port}"
        self.other = f"{scheme}://localhost:{self.server_port}"

    def to(self, path: str, *, host: str = "127.0.0.1") -> Asked:
        """Return the last request for a path at this host."""
        return next(asked for asked in reversed(self.asked) if (asked.host, asked.path) == (host, path))

    def paths(self) -> set[str]:
        """Return all paths that were asked for."""
        return {asked.path for asked in self.asked}

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer; a browser may leave in the middle."""
        with suppress(ConnectionError, ssl.SSLError):
            super().finish_request(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(headers["host"].partition(":")[0], self.path, headers))
        if self.path in self.server.silent:
            self.close_connection = True
            self.server.closing.wait(LONGEST_SECONDS)
            return
        found = self.server.site.get(self.path, Reply("not here", status=404))
        reply = Reply(found) if isinstance(found, str) else found
        if reply.status == 401 and "authorization" in headers and not reply.locked:
            reply = Reply(f"<title>{headers['authorization']}</title><p>inside")
        self._send(reply)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _send(self, reply: Reply) -> None:
        body = reply.body.replace("{other}", self.server.other).encode() if isinstance(reply.body, str) else reply.body
        self.send_response(reply.status)
        headers = {"Content-Type": reply.content_type, "Access-Control-Allow-Origin": "*", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value.replace("{other}", self.server.other))
        if reply.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if reply.status != 204:
            self.wfile.write(body)


@contextmanager
def recording(certificate: Path | None = None) -> Iterator[Recorder]:
    """Run a server, over TLS when there is a certificate with its key in one file."""
    with Recorder(certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()
