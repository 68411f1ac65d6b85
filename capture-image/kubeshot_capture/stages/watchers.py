"""Whether a page would notice that somebody scrolls it. One that can't does not have to be walked through."""

import asyncio

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.roots import EAGER, ROOTS
from kubeshot_capture.stages.script import ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.fields import Fields, MalformedMessageError

_EVENTS = frozenset({"scroll", "scrollend"})
_HEARERS = ("window", "document", "document.documentElement", "document.body")
_GROUP = "kubeshot-watchers"

# What Chromium itself puts off until it is near the window: lazy images, which are made to load here, and the content
# of elements with this property.
_PUTS_OFF = f"""() => {{{ROOTS}{EAGER}
  return roots.some(root => [...root.querySelectorAll('*')]
    .some(element => getComputedStyle(element).contentVisibility === 'auto'));
}}"""


async def notices_scrolling(tab: Tab, session: CDPSession, seconds: float) -> bool:
    """Say whether anything on the page may depend on scrolling; its lazy images load from now on.

    Scripts can: by a listener of the document's scrolling, or by an IntersectionObserver. In a frame of the page there
    may be either. Raises `NoAnswerError`.
    """
    if len(tab.page.frames) > 1 or await ask(tab.page, _PUTS_OFF, None, seconds):
        return True
    try:
        async with asyncio.timeout(seconds):
            found = await _listens(session) or await _observes(session)
            await session.send("Runtime.releaseObjectGroup", {"objectGroup": _GROUP})
    except (PlaywrightError, MalformedMessageError, TimeoutError):
        # The page is busy, on its way to another document, or has changed what the question is made of.
        return True
    return found


async def _listens(session: CDPSession) -> bool:
    for hearer in _HEARERS:
        answer = await session.send("DOMDebugger.getEventListeners", {"objectId": await _object(session, hearer)})
        if any(Fields(listener).text("type") in _EVENTS for listener in answer["listeners"]):
            return True
    return False


async def _observes(session: CDPSession) -> bool:
    prototype = await _object(session, "IntersectionObserver.prototype")
    found = await session.send("Runtime.queryObjects", {"prototypeObjectId": prototype, "objectGroup": _GROUP})
    count = await session.send(
        "Runtime.callFunctionOn",
        {
            "objectId": Fields(found["objects"]).text("objectId"),
            "functionDeclaration": "function () { return this.length; }",
            "returnByValue": True,
        },
    )
    return Fields(count["result"]).integer("value") > 0


async def _object(session: CDPSession, expression: str) -> str:
    answer = await session.send("Runtime.evaluate", {"expression": expression, "objectGroup": _GROUP})
    if "exceptionDetails" in answer:
        raise MalformedMessageError(f"the page has no {expression}")
    return Fields(answer["result"]).text("objectId")
