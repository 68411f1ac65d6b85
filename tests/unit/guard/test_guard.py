"""The guard as a browser meets it: over its loopback, before servers that are there, and names that lead anywhere."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from kubeshot_capture.guard.dialer import AddressInfo, resolve
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.guard.record import Record
from kubeshot_contract.egress import Egress
from kubeshot_contract.reasons import Reason

# Stands for the public internet: all else of this machine is as forbidden as ever.
PUBLIC, FORBIDDEN = "127.0.0.1", "127.0.0.2"
ALLOWED = Egress(private_cidrs=(f"{PUBLIC}/32",))


@dataclass
class Names:
    """A resolver: what each name leads to, one answer after the other; the last one stays."""

    answers: dict[str, list[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> list[AddressInfo]:
        """Return the next answer."""
        self.asked.append(host)
        answers = self.answers.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


@dataclass
class Server:
    """Takes connections, and says to each request what `answer` makes of it."""

    answer: Callable[[bytes], bytes]
    address: str = PUBLIC
    connections: int = 0
    heard: list[bytes] = field(default_factory=list)
    requests_each: int = 100
    port: int = 0

    @asynccontextmanager
    async def running(self) -> Any:
        """Listen for a while."""
        server = await asyncio.start_server(self._serve, self.address, self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        for _ in range(self.requests_each):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            body = b""
            if b"chunked" in head.lower():
                body = await reader.readuntil(b"0\r\n\r\n")
            elif b"content-length: " in head.lower():
                body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            self.heard.append(head + body)
            writer.write(self.answer(head))
            await writer.drain()
        writer.close()


def page(_: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Page: yes\r\nConnection: keep-alive, X-Own\r\nX-Own: 1\r\n\r\npage"
    )


@dataclass
class Browser:
    """A connection to the guard."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """Send a request; return status, head and body of the answer."""
        self.writer.write(request.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        fields = head.lower()
        if b"content-length: " in fields:
            said = await self.reader.readexactly(int(fields.split(b"content-length: ")[1].split(b"\r\n")[0]))
        elif b"chunked" in fields:
            said = await self.reader.readuntil(b"0\r\n\r\n")
        else:
            said = b""
        return int(head.split()[1]), head, said


Connect = Callable[[], Awaitable[Browser]]
Test = Callable[[Connect], Awaitable[None]]


def guarded(test: Test, names: Names | None = None, egress: Egress = ALLOWED) -> Record:
    """Run a test with a way to connect to a guard, and return its record; without names the machine's are asked."""
    guard = Guard(egress, names or resolve)
    browsers: list[Browser] = []

    async def main() -> None:
        port = int((await guard.open()).rpartition(":")[2])

        async def connect() -> Browser:
            browsers.append(Browser(*await asyncio.open_connection("127.0.0.1", port)))
            return browsers[-1]

        try:
            async with asyncio.timeout(10):
                await test(connect)
        finally:
            await guard.close()
            for browser in browsers:
                browser.writer.close()

    asyncio.run(main())
    return guard.record


def leading(**answers: list[Sequence[str]]) -> Names:
    """Return names with what they lead to; an underscore stands for the dot."""
    return Names({name.replace("_", "."): found for name, found in answers.items()})


def test_a_request_and_its_answer_come_through_but_for_what_is_about_connections() -> None:
    async def test(connect: Connect) -> None:
        async with Server(page).running() as server:
            browser = await connect()
            status, head, body = await browser.ask(
                f"GET http://shop.test:{server.port}/a%20b?c=d&e HTTP/1.1\nHost: shop.test:{server.port}\n"
                "Proxy-Connection: keep-alive\nConnection: X-Mine\nX-Mine: 1\nX-Kept: ü"
            )
            assert (status, body) == (200, b"page")
            assert b"x-page: yes" in head.lower()
            assert b"x-own" not in head.lower()
            (heard,) = server.heard
            assert heard.startswith(b"GET /a%20b?c=d&e HTTP/1.1\r\n")
            assert b"x-kept: \xc3\xbc" in heard.lower()
            assert b"x-mine" not in heard.lower()
            assert b"proxy" not in heard.lower()

    record = guarded(test, leading(shop_test=[[PUBLIC]]))
    assert (record.received, record.troubles) == (4, {})


@pytest.mark.parametrize(
    ("fields", "body"),
    [("Content-Length: 5", b"hello"), ("Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n")],
    ids=["of known length", "in chunks"],
)
def test_a_body_comes_through(fields: str, body: bytes) -> None:
    async def test(connect: Connect) -> None:
        async with Server(page).running() as server:
            browser = await connect()
            asked = f"POST http://shop.test:{server.port}/ HTTP/1.1\nHost: shop.test\n{fields}"
            assert (await browser.ask(asked, body))[0] == 200
            assert b"hello" in server.heard[0]

    assert guarded(test, leading(shop_test=[[PUBLIC]])).sent == 5


def test_requests_share_connections_to_one_server_and_not_to_two() -> None:
    async def test(connect: Connect) -> None:
        async with Server(page).running() as one, Server(page).running() as two:
            browser = await connect()
            for port in (one.port, one.port, one.port, two.port, one.port):
                assert (await browser.ask(f"GET http://shop.test:{port}/ HTTP/1.1\nHost: shop.test"))[0] == 200
            assert (one.connections, two.connections) == (2, 1)

    guarded(test, leading(shop_test=[[PUBLIC]]))


def test_a_server_that_hung_up_is_asked_once_more() -> None:
    async def test(connect: Connect) -> None:
        async with Server(page, requests_each=1).running() as server:
            browser = await connect()
            for _ in range(3):
                answer = await browser.ask(f"GET http://shop.test:{server.port}/ HTTP/1.1\nHost: shop.test")
                assert answer[0] == 200
            assert (server.connections, len(server.heard)) == (3, 3)

    guarded(test, leading(shop_test=[[PUBLIC]]))


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", 304, b""),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
        (b"HTTP/1.0 200 OK\r\n\r\n", 200, b"0\r\n\r\n"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n", 302, b""),
    ],
    ids=["no content", "not modified", "early hints", "until it hangs up", "a redirect"],
)
def test_all_kinds_of_answers_come_through(answer: bytes, status: int, body: bytes) -> None:
    async def test(connect: Connect) -> None:
        async with Server(lambda _: answer, requests_each=1).running() as server:
            told = await (await connect()).ask(f"GET http://shop.test:{server.port}/ HTTP/1.1\nHost: shop.test")
            assert (told[0], told[2]) == (status, body)

    guarded(test, leading(shop_test=[[PUBLIC]]))


def test_a_tunnel_passes_all_bytes_both_ways_and_half_of_it_may_end() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = await reader.read()
        writer.write(said[::-1])
        writer.close()

    async def test(connect: Connect) -> None:
        async with await asyncio.start_server(echo, PUBLIC) as server:
            port = server.sockets[0].getsockname()[1]
            browser = await connect()
            assert (await browser.ask(f"CONNECT shop.test:{port} HTTP/1.1\nHost: shop.test:{port}"))[0] == 200
            sent = bytes(range(256)) * 4096
            browser.writer.write(sent)
            browser.writer.write_eof()
            assert await browser.reader.read() == sent[::-1]

    record = guarded(test, leading(shop_test=[[PUBLIC]]))
    assert (record.received, record.sent) == (1 << 20, 1 << 20)


FORBIDDEN_HOSTS = {
    "a name that leads to it": "forbidden.test",
    "its address": FORBIDDEN,
    "a short form": "short.test",
    "the metadata service": "169.254.169.254",
    "a private address": "10.0.0.1",
    "IPv6": "[::1]",
    "an address in an address": f"[::ffff:{FORBIDDEN}]",
}


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS.values(), ids=FORBIDDEN_HOSTS.keys())
@pytest.mark.parametrize("way", ["CONNECT {}:{}", "GET http://{}:{}/"], ids=["tunnel", "plain"])
def test_what_is_forbidden_is_refused_before_anything_is_sent(host: str, way: str) -> None:
    async def test(connect: Connect) -> None:
        async with Server(page, FORBIDDEN).running() as server:
            browser = await connect()
            status, _, body = await browser.ask(f"{way.format(host, server.port)} HTTP/1.1\nHost: x")
            assert (status, body) == (403, b"")
            assert await browser.reader.read() == b"", "it hangs up"
            assert server.connections == 0

    names = leading(forbidden_test=[[FORBIDDEN]], short_test=[["0.0.0.0"]]) if host.endswith(".test") else None
    record = guarded(test, names)
    literal = host.strip("[]")
    assert record.refused == (literal,)
    assert "egress" in (message := next(iter(record.troubles.values())).message) or "local" in message


@pytest.mark.parametrize("text", ["127.2", "2130706434", "0x7f.2", "0177.0.0.2", "0x7f000002"])
def test_no_spelling_of_an_address_gets_round(text: str) -> None:
    async def test(connect: Connect) -> None:
        async with Server(page, FORBIDDEN).running() as server:
            browser = await connect()
            assert (await browser.ask(f"GET http://{text}:{server.port}/ HTTP/1.1\nHost: x"))[0] == 403
            assert server.connections == 0

    assert guarded(test).refused == (text,)


def test_the_guard_does_not_lead_to_itself() -> None:
    async def test(connect: Connect) -> None:
        browser = await connect()
        port = browser.writer.get_extra_info("peername")[1]
        assert (await browser.ask(f"CONNECT localhost:{port} HTTP/1.1\nHost: x"))[0] == 403

    assert guarded(test, egress=Egress()).refused == ("localhost",)


def test_a_name_that_changes_what_it_leads_to_leads_where_it_was_checked() -> None:
    names = leading(shop_test=[[PUBLIC], [FORBIDDEN]])

    async def test(connect: Connect) -> None:
        async with Server(page).running() as server, Server(page, FORBIDDEN, port=server.port).running() as forbidden:
            for _ in range(3):
                browser = await connect()
                assert (await browser.ask(f"GET http://shop.test:{server.port}/ HTTP/1.1\nHost: x"))[0] == 200
            assert (server.connections, forbidden.connections) == (3, 0)
            assert names.asked == ["shop.test"]

    assert guarded(test, names).refused == ()


def test_of_many_addresses_only_those_are_dialled_that_may_be() -> None:
    async def test(connect: Connect) -> None:
        async with Server(page).running() as server, Server(page, FORBIDDEN, port=server.port).running() as forbidden:
            browser = await connect()
            assert (await browser.ask(f"GET http://shop.test:{server.port}/ HTTP/1.1\nHost: x"))[0] == 200
            assert (server.connections, forbidden.connections) == (1, 0)

    guarded(test, leading(shop_test=[[FORBIDDEN, "10.0.0.1", PUBLIC]]))


def test_a_name_that_leads_nowhere_and_a_host_that_is_away_are_told_apart() -> None:
    async def test(connect: Connect) -> None:
        with socket.socket() as closed:
            closed.bind((PUBLIC, 0))
            port = closed.getsockname()[1]
            for host in ("nowhere.test", "away.test", "empty.test"):
                assert (await (await connect()).ask(f"CONNECT {host}:{port} HTTP/1.1\nHost: x"))[0] == 502

    record = guarded(test, leading(away_test=[[PUBLIC]], empty_test=[[]]))
    assert {host: trouble.reason for (host, _), trouble in record.troubles.items()} == {
        "nowhere.test": Reason.NAME_NOT_RESOLVED,
        "away.test": Reason.CONNECTION_FAILED,
        "empty.test": Reason.NAME_NOT_RESOLVED,
    }
    assert record.refused == ()


def test_a_page_that_loads_without_an_end_is_cut_off() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            while True:
                writer.write(bytes(65536))
                await writer.drain()
        except ConnectionError:
            writer.close()

    async def test(connect: Connect) -> None:
        async with await asyncio.start_server(flood, PUBLIC) as server:
            port = server.sockets[0].getsockname()[1]
            browser = await connect()
            browser.writer.write(f"GET http://shop.test:{port}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            said = await browser.reader.read(-1)
            assert 0 < len(said) < 1_100_000
            other = await connect()
            other.writer.write(f"GET http://shop.test:{port}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert await other.reader.read() == b""

    egress = Egress(private_cidrs=ALLOWED.private_cidrs, max_bytes=1_000_000)
    assert guarded(test, leading(shop_test=[[PUBLIC]]), egress).exhausted


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET ftp://shop.test/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT shop.test HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT shop.test:99999 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT :443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http:///nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET http://shop.test/ HTTP/1.1\r\n" + b"X: " + b"y" * 300_000,
        b"",
    ],
    ids=[
        *("no proxy request", "another scheme", "no port", "too high a port", "no host", "half an address", "no name"),
        *("TLS", "a head without an end", "nothing"),
    ],
)
def test_nonsense_is_answered_with_no_more_than_a_refusal(said: bytes) -> None:
    names = leading(shop_test=[[PUBLIC]])

    async def test(connect: Connect) -> None:
        browser = await connect()
        browser.writer.write(said)
        browser.writer.write_eof()
        try:
            answer = await browser.reader.read()
        except ConnectionResetError:
            answer = b""
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
        assert names.asked == []

    assert guarded(test, names).troubles == {}


def test_closing_cuts_off_what_is_under_way() -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def main() -> None:
        guard = Guard(ALLOWED, Names({"shop.test": [[PUBLIC]]}))
        async with await asyncio.start_server(silence, PUBLIC) as server:
            port = server.sockets[0].getsockname()[1]
            url = await guard.open()
            browser = Browser(*await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2])))
            assert (await browser.ask(f"CONNECT shop.test:{port} HTTP/1.1\nHost: x"))[0] == 200
            await guard.close()
            assert await browser.reader.read() == b""
            browser.writer.close()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))

    asyncio.run(main())
