"""Another proxy behind the guard: it is asked for addresses that were checked, and shown who asks."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.guard.record import Record
from kubeshot_capture.guard.upstream import UnusableProxyError, Upstream, parse_upstream
from kubeshot_contract.reasons import Reason
from unit.guard.test_guard import ALLOWED, FORBIDDEN, PUBLIC, Browser, Names, leading

LOGIN = f"Basic {base64.b64encode(b'capture:p@ss word').decode()}"
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass
class Proxy:
    """Notes what it is asked, and answers as it is told; a tunnel then echoes."""

    answer: bytes = CONNECTED
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        while self.answer and (data := await reader.read(100)):
            writer.write(data)
        writer.close()


def through(proxy: Proxy, names: Names, test: Callable[[Browser], Awaitable[None]]) -> Record:
    """Run a test with a connection to a guard that has another proxy behind it; return the guard's record."""

    async def main() -> Record:
        async with await asyncio.start_server(proxy.serve, "127.0.0.1") as server:
            upstream = Upstream("127.0.0.1", server.sockets[0].getsockname()[1], LOGIN)
            guard = Guard(ALLOWED, names, upstream)
            port = int((await guard.open()).rpartition(":")[2])
            browser = Browser(*await asyncio.open_connection("127.0.0.1", port))
            try:
                async with asyncio.timeout(10):
                    await test(browser)
            finally:
                browser.writer.close()
                await guard.close()
            return guard.record

    return asyncio.run(main())


def test_a_tunnel_goes_through_it_to_the_address_that_was_checked() -> None:
    async def test(browser: Browser) -> None:
        assert (await browser.ask("CONNECT shop.test:443 HTTP/1.1\nHost: shop.test:443"))[0] == 200
        browser.writer.write(b"hello")
        assert await browser.reader.readexactly(5) == b"hello"

    proxy = Proxy()
    through(proxy, leading(shop_test=[[PUBLIC]]), test)
    [asked] = proxy.asked
    assert asked.startswith(b"CONNECT 127.0.0.1:443 HTTP/1.1\r\n")
    assert LOGIN.encode() in asked


def test_what_a_server_says_first_is_not_lost() -> None:
    async def test(browser: Browser) -> None:
        assert (await browser.ask("CONNECT shop.test:443 HTTP/1.1\nHost: shop.test:443"))[0] == 200
        assert await browser.reader.readexactly(5) == b"first"

    through(Proxy(CONNECTED + b"first"), leading(shop_test=[[PUBLIC]]), test)


def test_a_plain_request_goes_through_it_under_its_own_name() -> None:
    async def test(browser: Browser) -> None:
        asked = "GET http://shop.test/a?b HTTP/1.1\nHost: shop.test\nProxy-Authorization: Basic forged"
        assert (await browser.ask(asked))[::2] == (200, b"page")

    proxy = Proxy(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage")
    through(proxy, leading(shop_test=[[PUBLIC]]), test)
    [asked] = proxy.asked
    assert asked.startswith(b"GET http://127.0.0.1:80/a?b HTTP/1.1\r\n")
    assert b"host: shop.test\r\n" in asked.lower()
    assert asked.lower().count(b"proxy-authorization") == 1
    assert LOGIN.encode() in asked


@pytest.mark.parametrize("asked", ["CONNECT inside.test:443", "GET http://inside.test/"])
def test_it_is_not_asked_for_what_is_forbidden(asked: str) -> None:
    async def test(browser: Browser) -> None:
        assert (await browser.ask(f"{asked} HTTP/1.1\nHost: inside.test"))[0] == 403

    proxy = Proxy()
    assert through(proxy, leading(inside_test=[[FORBIDDEN]]), test).refused == ("inside.test",)
    assert proxy.asked == []


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-something\r\n\r\n", b""],
    ids=["who is refused", "who is no proxy", "who says nothing"],
)
def test_one_that_does_not_connect_is_told(answer: bytes) -> None:
    async def test(browser: Browser) -> None:
        assert (await browser.ask("CONNECT shop.test:443 HTTP/1.1\nHost: shop.test"))[0] == 502

    [trouble] = through(Proxy(answer), leading(shop_test=[[PUBLIC]]), test).troubles.values()
    assert trouble.reason is Reason.CONNECTION_FAILED
    assert "the class's proxy" in trouble.message


@pytest.mark.parametrize(
    ("url", "upstream"),
    [
        ("http://capture:p%40ss%20word@proxy.corp:3128\n", Upstream("proxy.corp", 3128, LOGIN)),
        ("http://proxy.corp:3128", Upstream("proxy.corp", 3128)),
        ("http://[fd00::1]:3128/", Upstream("fd00::1", 3128)),
    ],
)
def test_a_proxy_is_given_as_a_url(url: str, upstream: Upstream) -> None:
    assert parse_upstream(url) == upstream
    assert LOGIN not in repr(upstream)


@pytest.mark.parametrize("url", ["", "proxy:3128", "http://proxy", "https://proxy:3128", "http://:3128", "http://p:x"])
def test_what_is_no_url_of_a_proxy_is_refused_without_its_words(url: str) -> None:
    with pytest.raises(UnusableProxyError, match="it is not"):
        parse_upstream(url)
