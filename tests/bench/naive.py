"""What a capture takes without an engine: prints the milliseconds of opening a page and taking its picture."""

import asyncio
import json
import os
import sys
import time

from playwright.async_api import ViewportSize, async_playwright

from integration.engine.locally import SANDBOX
from kubeshot_capture.attempt import chromium_path


async def main(url: str, window: ViewportSize) -> None:
    """Start a browser, and measure from there to the picture."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(os.environ), chromium_sandbox=SANDBOX == "Required"
        )
        page = await browser.new_page(viewport=window)
        began = time.monotonic()
        await page.goto(url)
        await page.screenshot()
        print((time.monotonic() - began) * 1000)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
