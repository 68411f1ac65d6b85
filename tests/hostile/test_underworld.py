"""The suite sees what it is there to see: packets, knocks, names that change, and a page that brings a secret home."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator

import pytest

from hostile.underworld.names import DOMAIN
from hostile.underworld.servers import LOOPBACK_PORT, SECRET
from hostile.underworlds import FORBIDDEN, PUBLIC, Surroundings, Underworld

RESOLVER = "10.96.0.10"
NAMESPACE = ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 600"]
Run = Callable[[str], str]


@pytest.fixture(scope="module")
def process() -> Iterator[int]:
    """A process in a network namespace of its own, with loopback and nothing else."""
    with subprocess.Popen(NAMESPACE, stdout=subprocess.PIPE) as made:
        assert made.stdout is not None
        assert made.stdout.readline() == b"up\n"
        yield made.pid
        made.kill()


@pytest.fixture(scope="module")
def made(process: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Underworld]:
    site = tmp_path_factory.mktemp("site")
    (site / "page.html").write_text("<p>a page</p>")
    underworld = Underworld(process, Surroundings(RESOLVER, ("127.0.0.1", 53), ()), site)
    yield underworld
    underworld.close()


@pytest.fixture
def underworld(made: Underworld) -> Underworld:
    made.clear()
    return made


@pytest.fixture
def run(process: int) -> Run:
    """Return a function that runs Python in the namespace and returns what it prints."""

    def call(program: str) -> str:
        command = ["nsenter", f"--net=/proc/{process}/ns/net", sys.executable, "-c", textwrap.dedent(program)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    return call


def url_of(address: str, path: str) -> str:
    return f"http://[{address}]{path}" if ":" in address else f"http://{address}{path}"


def fetch(url: str, body: bytes | None = None) -> str:
    """Return a program that fetches a URL by no proxy, and prints what it brings."""
    return f"""
        import urllib.request
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
        print(opener.open({url!r}, data={body!r}, timeout=5).read().decode())
    """


@pytest.mark.parametrize("address", FORBIDDEN)
def test_a_packet_to_a_forbidden_address_is_counted(underworld: Underworld, run: Run, address: str) -> None:
    assert SECRET in run(fetch(url_of(address, "/")))
    report = underworld.report()
    # Answers come from the same address and go to it: it is one of this namespace's own.
    assert f"{address} 6/80" in report.forbidden
    assert {where.split()[0] for where in report.forbidden} == {address}
    assert report.knocks == {f"{address} 80": 1}


def test_a_packet_that_nobody_answers_is_counted_too(underworld: Underworld, run: Run) -> None:
    run("import socket; socket.socket(2, 2).sendto(b'x', ('169.254.169.254', 3478))")
    assert underworld.report().forbidden["169.254.169.254 17/3478"] == 1


@pytest.mark.parametrize("target", ["198.51.100.8", "10.1.2.3", "2001:4860:4860::8888"])
def test_nothing_else_leaves(underworld: Underworld, run: Run, target: str) -> None:
    program = f"""
        import socket
        try:
            socket.socket({10 if ":" in target else 2}, 2).sendto(b"x", ({target!r}, 53))
        except OSError as error:
            print(error)
    """
    assert run(program)
    report = underworld.report()
    assert (report.forbidden, report.elsewhere) == ({}, {})


def test_a_knock_at_loopback_is_counted(underworld: Underworld, run: Run) -> None:
    assert SECRET in run(fetch(f"http://127.0.0.1:{LOOPBACK_PORT}/"))
    assert underworld.report().knocks == {f"127.0.0.1 {LOOPBACK_PORT}": 1}


@pytest.mark.parametrize("address", PUBLIC)
def test_the_site_serves_pages_and_takes_loot(underworld: Underworld, run: Run, address: str) -> None:
    assert run(fetch(url_of(address, "/page.html"))) == "<p>a page</p>"
    run(fetch(url_of(address, "/loot"), b"[1]"))
    report = underworld.report()
    assert (report.loot, report.forbidden, report.elsewhere) == ([[1]], {}, {})


def test_names_lead_where_they_should(underworld: Underworld, run: Run) -> None:
    names = ["rebind", "rebind", "both", "private", "any"]
    lookup = f"""
        import json, socket

        def ask(name):
            labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
            question = bytes([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + labels + bytes([0, 0, 1, 0, 1])
            asked = socket.socket(2, 2)
            asked.settimeout(5)
            asked.sendto(question, ({RESOLVER!r}, 53))
            answer = asked.recv(4096)
            records = answer[len(question):]
            return [socket.inet_ntoa(records[n * 16 + 12:n * 16 + 16]) for n in range(answer[7])]

        print(json.dumps([ask(name + ".{DOMAIN}") for name in {names}]))
    """
    public, forbidden = PUBLIC[0], FORBIDDEN[0]
    assert json.loads(run(lookup)) == [[public], [forbidden], [forbidden, public], [forbidden], [public]]
    assert underworld.report().asked[f"rebind.{DOMAIN}"] == 2


def test_a_file_outside_the_folder_is_not_served(underworld: Underworld, run: Run) -> None:
    program = f"""
        import http.client
        line = http.client.HTTPConnection({PUBLIC[0]!r}, timeout=5)
        line.request("GET", "/../../etc/passwd")
        print(line.getresponse().status)
    """
    assert run(program) == "404"
