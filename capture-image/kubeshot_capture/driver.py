"""Playwright's driver: a process of Node.js that takes longer to start than all else, so it is started first."""

from playwright.async_api import Playwright, async_playwright

# For the environment of this process, which the driver inherits. Its screenshot would wait for the page's fonts, up to
# its whole timeout; settling has done so with a limit.
PLAYWRIGHT_VARIABLES = {"PW_TEST_SCREENSHOT_NO_FONTS_READY": "1"}


async def start_driver() -> Playwright:
    """Start the driver; it is never stopped, but ends with this process."""
    return await async_playwright().start()
