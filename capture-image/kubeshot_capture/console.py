"""Collects the errors in a page's console, where they count."""

from playwright.async_api import ConsoleMessage, Page

# What the capture itself kept from the page is no error of the page.
_OWN_DOING = "net::ERR_BLOCKED_BY_CLIENT"


class Console:
    """The errors of one page: what it wrote as such, what nobody caught, and what could not be loaded."""

    def __init__(self) -> None:
        """Know no error yet."""
        self.errors: list[str] = []

    def listen(self, page: Page) -> None:
        """Collect from now on. Each message of a page costs a little, so only who counts them listens."""
        page.on("console", self._on_message)
        page.on("pageerror", lambda error: self.errors.append(error.message))

    def _on_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and _OWN_DOING not in message.text:
            self.errors.append(message.text)
