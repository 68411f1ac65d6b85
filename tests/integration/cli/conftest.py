"""A page on loopback that says what it was asked with, one that is missing, and one that never answers."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class _Pages(BaseHTTPRequestHandler):
    stopped = threading.Event()
    asked = threading.Event()

    def do_GET(self) -> None:
        """Answer by the path."""
        if self.path == "/never":
            _Pages.asked.set()
            _Pages.stopped.wait()
            return
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<title>{self.headers.get('X-Token', 'none')}</title><p>A page".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Site:
    """Where the pages are."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def was_asked(self, within: float) -> bool:
        """Wait until somebody asks for the page that never answers."""
        return _Pages.asked.wait(within)


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve the pages for one test."""
    _Pages.stopped.clear()
    _Pages.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(server.server_port)
        _Pages.stopped.set()
        server.shutdown()
