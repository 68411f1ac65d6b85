"""The loop that one writes first: one warm browser, a fresh context per page. It runs in a pod, from a ConfigMap.

Takes orders as lines of JSON on its input (`concurrency`, `viewport`, `work`: addresses of pages and signed ones to put
the pictures to), and answers each with a line: what each capture took, in seconds from the start of the order.
"""

import asyncio
import http.client
import json
import sys
import time
from typing import Any, TypedDict
from urllib.parse import urlsplit

from playwright.async_api import Browser, ViewportSize, async_playwright
from playwright.async_api import Error as PlaywrightError


class Work(TypedDict):
    """One page."""

    url: str
    put: str


class Order(TypedDict):
    """Pages, and how many are worked on at a time."""

    concurrency: int
    viewport: ViewportSize
    work: list[Work]


class Bucket:
    """One kept connection to the object storage."""

    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None

    def put(self, address: str, body: bytes) -> None:
        """Store a picture. Blocks."""
        url = urlsplit(address)
        if self._connection is None:
            self._connection = http.client.HTTPConnection(url.netloc, timeout=30)
        self._connection.request("PUT", f"{url.path}?{url.query}", body, {"Content-Type": "image/png"})
        answer = self._connection.getresponse()
        told = answer.read()
        assert answer.status == 200, told


async def capture(browser: Browser, order: Order, work: Work, bucket: Bucket) -> None:
    """Store a picture of a page in its full height."""
    context = await browser.new_context(viewport=order["viewport"])
    try:
        page = await context.new_page()
        await page.goto(work["url"])
        png = await page.screenshot(full_page=True)
        await asyncio.to_thread(bucket.put, work["put"], png)
    finally:
        await context.close()


async def fulfil(browser: Browser, order: Order) -> list[dict[str, Any]]:
    """Return when each capture of an order began and ended, and what went wrong."""
    start = time.monotonic()
    waiting = iter(order["work"])
    done: list[dict[str, Any]] = []

    async def worker() -> None:
        bucket = Bucket()
        for work in waiting:
            began, error = time.monotonic() - start, ""
            try:
                await capture(browser, order, work, bucket)
            except PlaywrightError as problem:
                error = problem.message
            done.append({"put": work["put"], "began": began, "ended": time.monotonic() - start, "error": error})

    await asyncio.gather(*(worker() for _ in range(order["concurrency"])))
    return done


async def main(executable: str) -> None:
    """Start the browser, and work until there are no more orders."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, chromium_sandbox=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await fulfil(browser, json.loads(line))), flush=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
