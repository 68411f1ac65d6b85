"""The hostile site at the public addresses, and services behind the forbidden ones that hold a secret."""

import json
import socket
import ssl
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SECRET-OF-THE-UNDERWORLD"
HTTP_PORTS = (80, 8080)
# Loopback is no address of a device of its own; who knocks there is counted by who answers.
LOOPBACK = ("127.0.0.1", "::1")
LOOPBACK_PORT = 8099
_KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}


class _Site(BaseHTTPRequestHandler):
    """Serves the folder's pages to whoever asks, redirects, and takes what pages bring home."""

    folder: Path
    loot: list[str]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        options = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/redirect":
            self._say(int(options.get("status", "302")), b"", {"Location": options["to"]})
            return
        file = self.folder / url.path.strip("/")
        if file.suffix not in _KINDS or not file.is_file() or file.parent != self.folder:
            self._say(404, b"")
            return
        headers = {"Content-Type": _KINDS[file.suffix], "Service-Worker-Allowed": "/"}
        if "refresh" in options:
            headers["Refresh"] = f"0; url={options['refresh']}"
        self._say(200, file.read_bytes(), headers)

    def do_POST(self) -> None:
        self.loot.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode(errors="replace"))
        self._say(204, b"")

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Cache-Control": "no-store", "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: standard output is for reports."""


class _Secret(BaseHTTPRequestHandler):
    """Gives the secret to everybody, whatever the origin."""

    def _give(self) -> None:
        body = f"{SECRET} of {self.headers.get('Host', '')}".encode()
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._give()

    def do_POST(self) -> None:
        self._give()

    def do_OPTIONS(self) -> None:
        self._give()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: standard output is for reports."""


class _Counted(ThreadingHTTPServer):
    """A server that counts who knocks, before anything is said."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: str, port: int, handler: type[BaseHTTPRequestHandler], knocks: Counter[str]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._where, self._knocks = f"{address} {port}", knocks
        super().__init__((address, port), handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Count, and take the connection."""
        accepted = super().get_request()
        self._knocks[self._where] += 1
        return accepted

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a browser that hangs up go."""


class Servers:
    """All of them; `certificate` in the folder, if there is one, makes the site one of https as well."""

    def __init__(self, folder: str, public: list[str], forbidden: list[str]) -> None:
        self._knocks: Counter[str] = Counter()
        self._loot: list[str] = []
        site = type("_SiteHere", (_Site,), {"folder": Path(folder), "loot": self._loot})
        doors = [(address, port) for address in forbidden for port in HTTP_PORTS]
        doors += [(address, LOOPBACK_PORT) for address in LOOPBACK]
        self._servers = [_Counted(address, port, _Secret, self._knocks) for address, port in doors]
        self._servers += [_Counted(address, 80, site, Counter()) for address in public]
        certificate = Path(folder) / "both.pem"
        if certificate.exists():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            for address in public:
                server = _Counted(address, 443, site, Counter())
                server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
                self._servers.append(server)

    def start(self) -> None:
        """Answer from now on."""
        for server in self._servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def clear(self) -> None:
        """Forget who came."""
        self._knocks.clear()
        self._loot.clear()

    def report(self) -> dict[str, Any]:
        """Return who knocked at what is forbidden, and what pages brought home."""
        return {"knocks": dict(self._knocks), "loot": [_decoded(text) for text in self._loot]}


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
