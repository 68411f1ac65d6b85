"""Serves the exhibits over http and https. Standard library only: it runs from a ConfigMap too."""

import base64
import hashlib
import itertools
import json
import ssl
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, assert_never
from urllib.parse import parse_qsl, unquote, urlsplit

from zoo.site.catalogue import EXHIBITS, index
from zoo.site.exhibit import HTML, Answer, Places, Reply, Silence, Socket, Stream, Visit

# For how long a request that is never answered is held.
LONGEST_SECONDS = 600.0
HANDSHAKE_SECONDS = 30.0
# What the WebSocket's handshake adds to the key (RFC 6455).
_SOCKET_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_NO_BODY = (204, 205, 304)


class Zoo:
    """The exhibits by path, and how often each path was visited."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._by_path = {exhibit.path: exhibit for exhibit in EXHIBITS}
        self._visits: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reply(self, target: str, headers: dict[str, str]) -> Reply:
        """Return what is answered to this path with its query."""
        url = urlsplit(target)
        path = unquote(url.path)
        if path == "/":
            return Answer(index().encode())
        if path == "/visits":
            return Answer(json.dumps(self._visits).encode(), "application/json")
        exhibit = self._by_path.get(path)
        if exhibit is None:
            return Answer(b"<!doctype html><title>Not found</title><h1>Not found</h1>", HTML, 404)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        return exhibit.answer(Visit(path, query, headers, self._places, self._count(target)))

    def _count(self, target: str) -> int:
        with self._lock:
            self._visits[target] += 1
            return self._visits[target]


class Handler(BaseHTTPRequestHandler):
    """Answers whatever method with what stands under the path."""

    protocol_version = "HTTP/1.1"
    server: "ZooServer"

    def do_GET(self) -> None:
        """Answer a request; a body that came with it is read and forgotten."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = self.server.zoo.reply(self.path, {name.lower(): value for name, value in self.headers.items()})
        match reply:
            case Answer():
                self._answer(reply)
            case Stream(content_type, pieces, pause):
                self._head(HTTPStatus.OK, (("Content-Type", content_type), ("Cache-Control", "no-store")))
                self._send_pieces(pieces, pause)
            case Socket(word, pause):
                self._shake_hands()
                # An unmasked text frame in one piece.
                frame = b"\x81" + bytes([len(word)]) + word.encode()
                self._send_pieces(itertools.repeat(frame), pause)
            case Silence():
                self.server.closing.wait(LONGEST_SECONDS)
                self.close_connection = True
            case _:
                assert_never(reply)

    do_POST = do_GET  # noqa: N815 -- the names that the standard library calls
    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, answer: Answer) -> None:
        self.server.closing.wait(answer.wait)
        self.send_response(answer.status)
        told = {name.lower() for name, _ in answer.headers}
        if answer.content_type:
            self.send_header("Content-Type", answer.content_type)
        if "cache-control" not in told:
            self.send_header("Cache-Control", "no-store")
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in _NO_BODY:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.status not in _NO_BODY and self.command != "HEAD":
            self.wfile.write(answer.body)

    def _shake_hands(self) -> None:
        key = self.headers["Sec-WebSocket-Key"] + _SOCKET_SUFFIX
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        headers = (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept))
        self._head(HTTPStatus.SWITCHING_PROTOCOLS, headers)

    def _head(self, status: HTTPStatus, headers: Iterable[tuple[str, str]]) -> None:
        """Begin a response whose end is the end of its connection."""
        self.close_connection = True
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status == HTTPStatus.OK:
            self.send_header("Connection", "close")
        self.end_headers()

    def _send_pieces(self, pieces: Iterable[bytes], pause: float) -> None:
        for piece in pieces:
            if self.server.closing.wait(pause):
                return
            self.wfile.write(piece)


class ZooServer(ThreadingHTTPServer):
    """One port of the zoo."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], zoo: Zoo | None = None) -> None:
        super().__init__(address, Handler)
        self.closing = threading.Event()
        self._tls: ssl.SSLContext | None = None
        self._zoo = zoo

    @property
    def zoo(self) -> Zoo:
        """The exhibits; they need the port's number first."""
        assert self._zoo is not None, "the server has no exhibits yet"
        return self._zoo

    def show(self, zoo: Zoo) -> None:
        """Begin to serve these exhibits."""
        self._zoo = zoo

    def speak_tls(self, certificate: str) -> None:
        """Serve over TLS with the certificate and key in this file."""
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the visitor's own thread, and answer; a visitor may leave in the middle."""
        with suppress(ConnectionError, ssl.SSLError, TimeoutError):
            if self._tls is None:
                super().finish_request(request, client_address)
                return
            request.settimeout(HANDSHAKE_SECONDS)
            with self._tls.wrap_socket(request, server_side=True) as secure:
                secure.settimeout(None)
                super().finish_request(secure, client_address)
