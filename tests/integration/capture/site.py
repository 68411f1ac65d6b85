"""A web site of bad pages, and of some good ones."""

import base64
import hashlib
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

HTML = "text/html; charset=utf-8"
STRIPE_ROWS = 100

PAGES = {
    "/page": "<title>A good page</title><h1>Kubeshot</h1><div style='width:100px;height:100px;background:#f00'></div>",
    "/polling": "<p>polling<script>setInterval(() => fetch('/ping?' + Math.random()), 40)</script>",
    "/growing": "<p>growing<script>setInterval(() => document.body.append(document.createElement('hr')), 60)</script>",
    "/event-source": "<p>stream<script>new EventSource('/events').onmessage = () => {}</script>",
    "/fetched-stream": "<p>stream<script>fetch('/events')</script>",
    "/web-socket": "<p>socket<script>new WebSocket(`ws://${location.host}/socket`)</script>",
    "/font": "<style>@font-face{font-family:f;src:url(/never)} p{font-family:f}</style><p>text without its font",
    "/image": "<p>image<img src='/never' width=50 height=50>",
    "/late-image": "<p>image<script>setTimeout(() => { const i = new Image(); i.src = '/slow-picture'; i.width = 300;"
    "document.body.append(i) }, 200)</script>",
    "/animation": "<style>@keyframes grow{to{width:400px}} div{width:1px;height:400px;background:#00f;"
    "animation:grow 1.5s linear forwards}</style><div></div>",
    "/endless-animation": "<style>@keyframes spin{to{rotate:1turn}} div{width:50px;height:50px;background:#00f;"
    "animation:spin 1s linear infinite}</style><div></div>",
    "/busy": "<p>busy<script>while (true);</script>",
    "/busy-later": "<p>busy<script>addEventListener('load', () => setTimeout(() => { while (true); }, 50))</script>",
    "/white-on-white": "<p style='color:#fff'>nobody sees this",
    "/covered": "<p>text<div id=c style='position:fixed;inset:0;background:#fff'></div>"
    "<script>setTimeout(() => c.remove(), 1500)</script>",
    "/nothing": "",
    "/moving-on": "<p>here<script>setTimeout(() => { location = '/status/404' }, 100)</script>",
    "/dialogs": "<p>before<script>alert('stop'); confirm('stop'); document.title = 'after'</script>",
    "/small": "<style>body{margin:0}</style><div style='width:100px;height:100px;background:#0f0'></div>",
    "/noise": "<canvas id=c width=700 height=500></canvas><script>const x = c.getContext('2d'); let s = 1;"
    "for (let i = 0; i < 9000; i++) { s = s * 16807 % 2147483647; x.fillStyle = '#' + (s % 4096).toString(16)"
    ".padStart(3, '0'); x.fillRect(s % 700, s % 499, 9, 9) }</script>",
}


def stripe_colour(index: int) -> tuple[int, int, int]:
    """Return the colour of a stripe of `/stripes`, another one for each of 4,096."""
    return (index % 16) * 16, (index // 16 % 16) * 16, (index // 256 % 16) * 16


def stripes(rows: int) -> str:
    """Return a page of so many rows in stripes of `STRIPE_ROWS`."""
    colours = (stripe_colour(index) for index in range(rows // STRIPE_ROWS))
    divisions = "".join(f"<div style='height:{STRIPE_ROWS}px;background:rgb{colour}'></div>" for colour in colours)
    return f"<style>body{{margin:0}}</style>{divisions}"


class Handler(BaseHTTPRequestHandler):
    """Answers by path. Handlers that never end stop with the site."""

    protocol_version = "HTTP/1.1"
    server: "SiteServer"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in PAGES:
            return self.send(200, HTML, "<!doctype html>" + PAGES[path])
        if path.startswith("/status/"):
            return self.send(int(path.rpartition("/")[2]), HTML, "<!doctype html><h1>Sorry</h1>")
        return self._ROUTES.get(path, Handler._missing)(self)

    def do_POST(self) -> None:
        """Take an upload: `answers` says what each one gets, and 204 when it is empty."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.closing.wait(self.server.upload_seconds)
        self.server.uploads.append(body)
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send(status, "application/xml", "" if status == 204 else "<Error><Code>SlowDown</Code></Error>")

    def send(self, status: int, content_type: str, body: str | bytes, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if status not in (204, 205, 304):
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _missing(self) -> None:
        self.send(404, HTML, "<!doctype html><h1>Not found</h1>")

    def _never(self) -> None:
        self.server.closing.wait(60)
        self.close_connection = True

    def _no_body(self) -> None:
        self.send(503, HTML, "")

    def _stripes(self) -> None:
        rows = dict(parse_qsl(urlsplit(self.path).query)).get("rows", "3000")
        self.send(200, HTML, "<!doctype html>" + stripes(int(rows)))

    def _redirect(self) -> None:
        self.send(302, HTML, "", Location="/page")

    def _loop(self) -> None:
        self.send(302, HTML, "", Location="/loop")

    def _pdf(self) -> None:
        self.send(200, "application/pdf", b"%PDF-1.4\n%%EOF\n")

    def _download(self) -> None:
        self.send(200, "application/zip", b"PK\5\6" + bytes(18), Content_Disposition="attachment; filename=a.zip")

    def _slow_picture(self) -> None:
        time.sleep(0.8)
        self.send(200, "image/png", one_colour_png(60, 60, (0, 128, 0)))

    def _latin1(self) -> None:
        self.send(200, "text/html; charset=iso-8859-1", "<!doctype html><title>Grüße</title><p>ü".encode("latin-1"))

    def _drip(self) -> None:
        self._start_stream(HTML, b"<!doctype html><title>Drip</title><h1>Slow</h1>")
        self._keep_sending(b"<p>drop</p>", pause=0.1)

    def _events(self) -> None:
        self._start_stream("text/event-stream", b": hello\n\n")
        self._keep_sending(b"data: 1\n\n", pause=0.2)

    def _socket(self) -> None:
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(HTTPStatus.SWITCHING_PROTOCOLS)
        for name, value in {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}.items():
            self.send_header(name, value)
        self.end_headers()
        self._keep_sending(b"\x81\x02hi", pause=0.1)

    def _start_stream(self, content_type: str, first: bytes) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(first)

    def _keep_sending(self, data: bytes, pause: float) -> None:
        self.close_connection = True
        while not self.server.closing.wait(pause):
            self.wfile.write(data)

    _ROUTES: ClassVar[dict[str, Callable[["Handler"], None]]] = {
        "/never": _never,
        "/no-body": _no_body,
        "/stripes": _stripes,
        "/redirect": _redirect,
        "/loop": _loop,
        "/pdf": _pdf,
        "/download": _download,
        "/slow-picture": _slow_picture,
        "/latin1": _latin1,
        "/drip": _drip,
        "/events": _events,
        "/socket": _socket,
        "/ping": lambda self: self.send(200, "text/plain", "pong"),
    }


class SiteServer(ThreadingHTTPServer):
    """The site; `answers` are the statuses of the next uploads, `uploads` the bodies that came over `connections`.

    Each upload takes `upload_seconds`.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.closing = threading.Event()
        self.answers: list[int] = []
        self.uploads: list[bytes] = []
        self.upload_seconds = 0.0
        self.connections = 0
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer; a browser that goes away in the middle is none of a test's business."""
        self.connections += 1
        with suppress(ConnectionError, ssl.SSLError):
            super().finish_request(request, client_address)


@contextmanager
def running_site(certificate: Path | None = None) -> Iterator[SiteServer]:
    """Serve the site, over TLS when there is a certificate with its key in one file."""
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    with SiteServer(tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


def one_colour_png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """Return a PNG of one colour, written by hand: tests of Pillow's user need none of Pillow."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
