"""What a page has loaded: out of the memory of its renderer, and fonts, which it doesn't keep, out of the cache."""

import asyncio
import base64
from collections.abc import Iterator

from playwright.async_api import CDPSession, Frame, Page
from playwright.async_api import Error as PlaywrightError

from kubeshot_contract.fields import Fields

# For what did not come the first time either.
AGAIN_SECONDS = 3.0

_LONGEST = 1 << 28


class Resources:
    """The resources of a frame and of the frames in its process: address to frame and media type."""

    def __init__(self, session: CDPSession, found: dict[str, tuple[str, str]]) -> None:
        self._session = session
        self._found = found
        self._loaded: dict[str, bytes | None] = {}

    async def data_url(self, url: str) -> str:
        """Return a resource as a data: URL that keeps the fragment, an empty one for what was not loaded."""
        address, hash_mark, fragment = url.partition("#")
        content = await self.content(address)
        if content is None:
            return "data:,"
        return data_url(self._found[address][1], content) + hash_mark + fragment

    def content_type(self, address: str) -> str | None:
        """Return the media type of a resource, `None` when it was not loaded."""
        return self._found[address][1] if address in self._found else None

    async def content(self, address: str) -> bytes | None:
        """Return the bytes of a resource, `None` when it was not loaded."""
        if address not in self._loaded:
            self._loaded[address] = await self._load(address) if address in self._found else None
        return self._loaded[address]

    async def _load(self, address: str) -> bytes | None:
        asked = {"frameId": self._found[address][0], "url": address}
        try:
            return _bytes(await self._session.send("Page.getResourceContent", asked), "content")
        except PlaywrightError as error:
            # In words such as "No resource with given URL found" and "Resource was not cached".
            if "Protocol error (Page.getResourceContent)" not in error.message:
                raise
        try:
            async with asyncio.timeout(AGAIN_SECONDS):
                return await self._load_again(asked)
        except TimeoutError:
            return None

    async def _load_again(self, asked: dict[str, str]) -> bytes | None:
        options = {"disableCache": False, "includeCredentials": True}
        answer = Fields(await self._session.send("Network.loadNetworkResource", {**asked, "options": options}))
        if (stream := answer.object("resource").optional_text("stream")) is None:
            return None
        content = b""
        while True:
            chunk = await self._session.send("IO.read", {"handle": stream})
            content += _bytes(chunk, "data")
            if Fields(chunk).boolean("eof"):
                return content


def data_url(content_type: str, content: bytes) -> str:
    """Return the address that holds this content."""
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


async def resources_of(page: Page, frame: Frame) -> Resources:
    """Return what this frame has loaded."""
    session = await _session(page, frame)
    await session.send("Page.enable")
    tree = Fields(await session.send("Page.getResourceTree"))
    return Resources(session, dict(_listed(tree.object("frameTree"))))


async def _session(page: Page, frame: Frame) -> CDPSession:
    try:
        return await page.context.new_cdp_session(frame)
    except PlaywrightError as error:
        # Frames in the process of their page have no session of their own.
        if "session" not in error.message:
            raise
        return await page.context.new_cdp_session(page)


def _listed(tree: Fields) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the address of each resource with its frame and its type."""
    frame = tree.object("frame")
    for url, content_type in (_resource(frame), *tree.items("resources", _resource, most=1 << 20)):
        yield url, (frame.text("id"), content_type)
    for child in tree.optional_items("childFrames", lambda child: child, most=1 << 16):
        yield from _listed(child)


def _resource(resource: Fields) -> tuple[str, str]:
    return resource.text("url", most=_LONGEST), resource.text("mimeType")


def _bytes(answer: object, name: str) -> bytes:
    text = Fields(answer).text(name, most=_LONGEST)
    return base64.b64decode(text) if Fields(answer).boolean("base64Encoded") else text.encode()
