"""What the egress guard costs: the same pages with it and without it, in turns, one at a time and several at a time."""

import argparse
import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.async_api import Browser, Playwright, async_playwright

from bench.measure import median, table
from integration.engine.locally import SANDBOX
from kubeshot_capture.attempt import chromium_path
from kubeshot_capture.browser import launch
from kubeshot_capture.guard.guard import Guard
from kubeshot_cli.local import ANYWHERE
from kubeshot_contract.options import Sandbox

VIEWPORT = {"width": 1280, "height": 800}
AT_A_TIME = 4
_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#28a"/></svg>'
)
_TEXT = "<p>Some text that is as long as text in a paragraph may be, and says nothing.</p>" * 12
PAGES = {
    "small": f"<!doctype html><title>Small</title><h1>A small page</h1>{_TEXT}<img src=/picture?0>",
    "100-pictures": "<!doctype html><title>Many</title>" + "".join(f"<img src=/picture?{n}>" for n in range(100)),
    "20-MB": "<!doctype html><title>Large</title>" + "".join(f"<img src=/large?{n}>" for n in range(5)),
}
_LARGE = 4 << 20
Shoot = Callable[[str], Awaitable[None]]


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer by the path."""
        name = self.path.partition("?")[0].strip("/")
        if name == "picture":
            self._answer("image/svg+xml", _PICTURE)
        elif name == "large":
            self._answer("image/png", bytes(_LARGE))
        else:
            self._answer("text/html", PAGES[name].encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, content_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@dataclass(frozen=True, slots=True)
class Sides:
    """How a page is captured with the guard and without it."""

    guarded: Shoot
    bare: Shoot


def guarded(browser: Browser) -> Shoot:
    """Return what captures a page as the product does, with a guard of its own."""

    async def shoot(url: str) -> None:
        guard = Guard(ANYWHERE)
        context = await browser.new_context(viewport=VIEWPORT, proxy={"server": await guard.open()})  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(url, wait_until="load")
        await page.screenshot()
        await context.close()
        await guard.close()

    return shoot


def bare(browser: Browser) -> Shoot:
    """Return what does the same without any proxy."""

    async def shoot(url: str) -> None:
        context = await browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(url, wait_until="load")
        await page.screenshot()
        await context.close()

    return shoot


async def _sides(playwright: Playwright, executable: Path) -> Sides:
    with_guard = await launch(playwright, executable, Sandbox(SANDBOX), 30)
    without = await playwright.chromium.launch(executable_path=executable, chromium_sandbox=SANDBOX == Sandbox.REQUIRED)
    return Sides(guarded(with_guard), bare(without))


async def _one(shoot: Shoot, url: str) -> tuple[float, float]:
    """Return how long one capture takes, and how much CPU time of this process, in milliseconds."""
    begun, used = time.perf_counter(), time.process_time()
    await shoot(url)
    return (time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000


async def _many(shoot: Shoot, url: str, count: int) -> float:
    """Return how many captures are made in a minute, several at a time."""
    room = asyncio.Semaphore(AT_A_TIME)

    async def take() -> None:
        async with room:
            await shoot(url)

    begun = time.perf_counter()
    await asyncio.gather(*(take() for _ in range(count)))
    return 60 * count / (time.perf_counter() - begun)


async def _rows(sides: Sides, base: str, runs: int) -> Sequence[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in PAGES:
        url = f"{base}/{name}"
        # Once each for what a browser does only the first time.
        for shoot in (sides.guarded, sides.bare):
            await shoot(url)
        alone = [(await _one(sides.guarded, url), await _one(sides.bare, url)) for _ in range(runs)]
        blocks = range(max(3, runs // 4))
        together = [(await _many(sides.guarded, url, 12), await _many(sides.bare, url, 12)) for _ in blocks]
        with_guard, without = (median(pair[side][0] for pair in alone) for side in (0, 1))
        cpu = median(pair[0][1] - pair[1][1] for pair in alone)
        rate_with, rate_without = (median(pair[side] for pair in together) for side in (0, 1))
        rows.append(
            (
                name,
                f"{with_guard:.0f}",
                f"{without:.0f}",
                f"{100 * (with_guard / without - 1):+.0f} %",
                f"{cpu:.0f}",
                f"{rate_with:.0f}",
                f"{rate_without:.0f}",
                f"{100 * (rate_with / rate_without - 1):+.0f} %",
            )
        )
    return rows


async def _main(runs: int) -> None:
    async with async_playwright() as playwright:
        sides = await _sides(playwright, chromium_path(os.environ))
        with _served() as base:
            rows = await _rows(sides, base, runs)
    heads = ("page", "guard, ms", "none, ms", "", "guard's CPU, ms", "guard, per minute", "none, per minute", "")
    print(table(heads, rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="captures of each page, with and without")
    asyncio.run(_main(parser.parse_args().runs))
