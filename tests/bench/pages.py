"""Pages for measuring the engine: one with nothing to wait for, and tall ones."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_ROW_PIXELS = 100
_STYLE = b"body { margin: 40px; font: 18px sans-serif } h1 { color: #234 } img { float: right }"
_PICTURE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">
<rect width="300" height="200" fill="#28a"/><circle cx="150" cy="100" r="80" fill="#fd5"/></svg>"""
_STATIC = (
    """<!doctype html><title>Static</title><link rel="stylesheet" href="/style.css"><h1>A static page</h1>
<img src="/picture.svg">"""
    + "<p>Some text that is as long as text in a paragraph may be, and says nothing.</p>" * 12
)
_TALL_STYLE = f"body {{ margin: 0; font: 20px sans-serif }} div {{ height: {_ROW_PIXELS}px; overflow: hidden }}"


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer by the path."""
        parts = urlsplit(self.path)
        match parts.path:
            case "/style.css":
                self._answer("text/css", _STYLE)
            case "/picture.svg":
                self._answer("image/svg+xml", _PICTURE)
            case "/tall":
                self._answer("text/html", _tall(int(parse_qs(parts.query)["height"][0])).encode())
            case _:
                self._answer("text/html", _STATIC.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, content_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _tall(height: int) -> str:
    rows = (
        f'<div style="background: hsl({7 * row % 360} 60% 80%)">Row {row}, which no other row is like</div>'
        for row in range(height // _ROW_PIXELS)
    )
    return f"<!doctype html><title>Tall</title><style>{_TALL_STYLE}</style>{''.join(rows)}"


@contextmanager
def served() -> Iterator[str]:
    """Serve the pages on loopback; the value is their address without a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
