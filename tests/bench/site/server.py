"""Serves the pages of the benchmark. Standard library only: it runs from a ConfigMap."""

import json
import sys
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.site.catalogue import CARDS, FIRST_MIXED, MIXED
from bench.site.page import document, mark, paragraphs
from bench.site.pictures import picture
from bench.site.still import block

# What the servers behind such pages take for an answer.
ITEMS_SECONDS = 0.1

_HTML = "text/html; charset=utf-8"
_STYLE = """
body { margin: 0; font: 16px/24px sans-serif; color: #223 } main { width: 1200px; margin: 0 auto; padding: 16px 0 }
header { background: #245; color: #fff; padding: 8px 40px } table { width: 100%; border-collapse: collapse }
td, th { border: 1px solid #ccd; padding: 4px 8px; text-align: left } label { display: block; padding: 4px }
.mark { width: 64px; height: 48px } .row { height: 100px; font-size: 40px; line-height: 100px }
.cards { display: grid; grid-template-columns: repeat(3, 360px); gap: 24px }
.grid { display: grid; grid-template-columns: repeat(6, 1fr); gap: 16px }
.tile { border-radius: 12px; box-shadow: 0 4px 12px #0004; padding: 24px } .columns { columns: 4 }
.sticky { position: sticky; top: 0; background: #def; padding: 12px } iframe { border: 1px solid #ccd }
"""
_ITEMS = [
    {"name": f"Item {item}", "text": "comes from the server", "amount": 40 + item * 31 % 340} for item in range(100)
]


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with what stands under the path."""
        if self.path == "/items.json":
            time.sleep(ITEMS_SECONDS)
        found = resource(self.path)
        kind, body = found or ("text/plain", b"There is no such page")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@cache
def resource(path: str) -> tuple[str, bytes] | None:
    """Return the content type and the bytes under a path."""
    match path.removesuffix(".png").split("/")[1:]:
        case ["picture", number]:
            return "image/png", picture(mark(int(number)), int(number))
        case ["frame", number]:
            return _HTML, document(f"Frame {number}", paragraphs(3) + block(int(number))).encode()
        case ["items.json"]:
            return "application/json", json.dumps(_ITEMS).encode()
        case ["style.css"]:
            return "text/css", _STYLE.encode()
        case ["font.woff2"]:
            return "font/woff2", Path(sys.argv[2]).read_bytes()
    pages = {page.path: page for page in (*CARDS, *MIXED)}
    return (_HTML, pages[path].html.encode()) if path in pages else None


def main() -> None:
    """Make every picture once, and serve until the process is ended."""
    for number in range(FIRST_MIXED + len(MIXED)):
        resource(f"/picture/{number}.png")
    server = ThreadingHTTPServer(("", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
