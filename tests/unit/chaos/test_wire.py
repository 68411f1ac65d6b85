"""Calls over a wire: passed on as they are, or not, as its rules say."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from time import monotonic

import pytest
import urllib3

from chaos.call import Call, System, name_call
from chaos.rules import Behind, Doorkeeper, Down, Moment, Refusing, TooOld, Trap
from chaos.wire import Backstage, Wire

WATCH = "/api/v1/pods?watch=true"
PATCH = "/apis/kubeshot.dev/v1alpha1/namespaces/team/screenshotrequests/shot/status"


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, and writes down that it was."""

    protocol_version = "HTTP/1.1"
    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(f"{self.command} {self.path}")
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length) or self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Host", self.headers["Host"])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_PATCH = do_GET  # noqa: N815, the names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def heard() -> list[str]:
    """What the system behind the wire heard."""
    return []


@pytest.fixture
def backstage() -> Iterator[Backstage]:
    """Where the wire is."""
    made = Backstage()
    yield made
    made.close()


@pytest.fixture
def wire(heard: list[str], backstage: Backstage) -> Iterator[Wire]:
    """A wire to a small system."""
    handler = type("Handler", (Echo,), {"heard": heard})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    made = Wire(backstage, System.API, lambda: f"http://127.0.0.1:{server.server_port}")
    yield made
    made.close()
    server.shutdown()
    thread.join()
    server.server_close()


def ask(wire: Wire, path: str, method: str = "GET", **more: object) -> urllib3.BaseHTTPResponse:
    """Make a call over the wire."""
    with urllib3.PoolManager(retries=False, timeout=10) as pool:
        answer = pool.request(method, f"http://127.0.0.1:{wire.port}{path}", **more)  # type: ignore[arg-type]
        assert answer.data is not None
        return answer


def is_dropped(wire: Wire, path: str, method: str = "GET") -> bool:
    """Say whether the connection broke off."""
    try:
        ask(wire, path, method)
    except urllib3.exceptions.ProtocolError:
        return True
    return False


def test_a_call_is_passed_on_as_it_is(wire: Wire, heard: list[str]) -> None:
    answer = ask(wire, "/a%2Fb?c=%20d", "POST", body=b"x" * 3_000_000)
    assert (answer.status, len(answer.data)) == (200, 3_000_000)
    assert answer.headers["X-Host"] == f"127.0.0.1:{wire.port}", "signatures hold for it"
    assert heard == ["POST /a%2Fb?c=%20d"]


def test_the_answer_to_head_tells_of_the_length(wire: Wire) -> None:
    assert ask(wire, "/bucket/key", "HEAD").headers["Content-Length"] == str(len("/bucket/key"))


def test_what_is_down_hears_nothing(wire: Wire, heard: list[str]) -> None:
    with wire.rule(Down(lambda call: call.name == "patch screenshotrequests/status")):
        assert is_dropped(wire, PATCH, "PATCH")
        assert not is_dropped(wire, PATCH)
    assert not is_dropped(wire, PATCH, "PATCH")
    assert heard == [f"GET {PATCH}", f"PATCH {PATCH}"]


@pytest.mark.parametrize(("share_heard", "times"), [(0.0, 0), (1.0, 1)], ids=["refused", "done, and called an error"])
def test_an_error_comes_before_the_work_or_after_it(
    wire: Wire, heard: list[str], share_heard: float, times: int
) -> None:
    rule = Refusing(lambda _: True, 500, 1.0, Random(1), heard=share_heard)
    with wire.rule(rule):
        assert ask(wire, PATCH, "PATCH").status == 500
    assert (len(heard), rule.hits) == (times, 1)


@pytest.mark.parametrize(("moment", "times"), [(Moment.BEFORE, 1), (Moment.AFTER, 2)], ids=str)
def test_a_trap_kills_once_at_the_call_that_it_was_set_for(
    wire: Wire, heard: list[str], moment: Moment, times: int
) -> None:
    kills: list[int] = []
    trap = Trap("patch screenshotrequests/status", moment, 1, lambda: kills.append(len(heard)))
    with wire.rule(trap):
        dropped = [is_dropped(wire, PATCH, "PATCH") for _ in range(3)]
    assert dropped == [False, True, False]
    assert kills == [times]


def test_a_watch_is_told_once_that_it_is_too_old(wire: Wire) -> None:
    with wire.rule(TooOld()):
        assert b'"code": 410' in ask(wire, WATCH).data
        assert ask(wire, WATCH).data == WATCH.encode()


def test_a_watch_that_is_behind_tells_the_same_later(wire: Wire) -> None:
    behind = Behind(0.3)
    begun = monotonic()
    with wire.rule(behind):
        assert ask(wire, WATCH).data == WATCH.encode()
    assert monotonic() - begun >= 0.3
    assert behind.hits == 1


def test_only_good_tokens_are_let_in(wire: Wire) -> None:
    with wire.rule(Doorkeeper({"good"})):
        answers = [ask(wire, PATCH, headers={"Authorization": f"Bearer {token}"}).status for token in ("good", "old")]
    assert answers == [200, 401]


@pytest.mark.parametrize(
    ("system", "method", "path", "name"),
    [
        (System.API, "GET", "/api/v1/namespaces/team/pods", "list pods"),
        (System.STORAGE, "HEAD", "/shots", "head bucket"),
        (System.STORAGE, "HEAD", "/shots/team/shot.png", "head object"),
        (System.STORAGE, "POST", "/shots", "post bucket"),
        (System.DISPATCH, "POST", "/v1/claim", "claim"),
        (System.DISPATCH, "POST", "/v1/result", "report"),
    ],
)
def test_calls_have_names(system: System, method: str, path: str, name: str) -> None:
    assert name_call(system, method, path, {}) == name


def test_a_watch_is_known_by_its_name() -> None:
    assert Call("watch pods").is_watch
    assert not Call("list pods").is_watch
