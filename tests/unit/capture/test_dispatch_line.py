"""The line to the dispatch service finds the leader among all addresses, and keeps to it."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kubeshot_capture.dispatch import Access, Answer, DispatchLine, UnansweredError, take_access


class Handler(BaseHTTPRequestHandler):
    """Answers with the server's status."""

    protocol_version = "HTTP/1.1"
    server: "Operator"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.client_address[1], self.headers["Authorization"]))
        time.sleep(self.server.seconds)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"text")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Operator(ThreadingHTTPServer):
    """One operator, at an address of its own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: str, port: int, status: int) -> None:
        super().__init__((address, port), Handler)
        self.status = status
        self.seconds = 0.0
        self.asked: list[tuple[int, str]] = []


@contextmanager
def operator(address: str, status: int, port: int = 0) -> Iterator[Operator]:
    with Operator(address, port, status) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def operators() -> Iterator[tuple[Operator, Operator]]:
    """Run two operators behind one name, the second one leading."""
    with operator("127.0.0.2", 421) as first, operator("127.0.0.3", 200, first.server_port) as second:
        yield first, second


@pytest.fixture
def line(operators: tuple[Operator, Operator]) -> Iterator[DispatchLine]:
    """Return a line to both."""
    access = Access("dispatch.kubeshot.svc", operators[0].server_port, "token")
    with closing(DispatchLine(access, lambda *_: ["127.0.0.2", "127.0.0.3"])) as line:
        yield line


def test_the_leader_is_found_and_kept(operators: tuple[Operator, Operator], line: DispatchLine) -> None:
    first, second = operators
    assert [line.ask("/v1/claim", "{}", 5) for _ in range(3)] == [Answer(200, "text")] * 3
    assert len(first.asked) == 1
    assert second.asked == [(second.asked[0][0], "Bearer token")] * 3, "one connection, with the token"


def test_a_leader_that_changes_is_found_again(operators: tuple[Operator, Operator], line: DispatchLine) -> None:
    first, second = operators
    line.ask("/v1/claim", "{}", 5)
    first.status, second.status = 200, 421
    assert line.ask("/v1/claim", "{}", 5).status == 200
    assert len(first.asked) == 2


def test_without_a_leader_there_is_no_answer(operators: tuple[Operator, Operator], line: DispatchLine) -> None:
    _, second = operators
    second.status = 421
    with pytest.raises(UnansweredError, match="not the leader"):
        line.ask("/v1/claim", "{}", 5)


def test_an_answer_has_its_time(operators: tuple[Operator, Operator], line: DispatchLine) -> None:
    first, _ = operators
    first.seconds = 5.0
    began = time.monotonic()
    with pytest.raises(UnansweredError):
        line.ask("/v1/claim", "{}", 0.3)
    assert time.monotonic() - began < 2


def test_a_line_that_is_cut_ends_its_question(operators: tuple[Operator, Operator], line: DispatchLine) -> None:
    first, second = operators
    first.status, second.seconds = 200, 5.0
    first.seconds = 5.0
    threading.Timer(0.2, line.cut).start()
    began = time.monotonic()
    with pytest.raises(UnansweredError):
        line.ask("/v1/claim", "{}", 30)
    assert time.monotonic() - began < 2
    assert second.asked == [], "nothing more is asked"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"CAPTURE_TOKEN": "t", "CAPTURE_DISPATCH": "name.svc:8080"}, Access("name.svc", 8080, "t")),
        ({"CAPTURE_TOKEN": "t", "CAPTURE_DISPATCH": "[fd00::1]:8080"}, Access("fd00::1", 8080, "t")),
        ({"CAPTURE_TOKEN": "t"}, None),
        ({"CAPTURE_DISPATCH": "name.svc:8080"}, None),
        ({"CAPTURE_TOKEN": "t", "CAPTURE_DISPATCH": "name.svc"}, None),
        ({}, None),
    ],
    ids=["a name", "an address", "no service", "no token", "no port", "nothing"],
)
def test_the_access_is_taken_out_of_the_environment(environment: dict[str, str], expected: Access | None) -> None:
    assert take_access(environment) == expected
    assert environment == {}
