"""What a visitor brings along: a session that is logged in, and cookies."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.supplies import Supplies
from kubeshot_contract.reasons import Reason
from kubeshot_contract.spec import Cookie

# Names by which a cookie says that it is only for https (RFC 6265bis).
_SECURE_PREFIXES = ("__Secure-", "__Host-")


def read_state(text: str) -> dict[str, Any]:
    """Return a Playwright storage state; raise `CaptureError`, without a word of its text, when it is none."""
    try:
        state = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise not_a_state("it is not JSON") from error
    if not isinstance(state, dict) or not all(isinstance(state.get(part, []), list) for part in ("cookies", "origins")):
        raise not_a_state("it is not an object with the lists cookies and origins")
    return {"cookies": state.get("cookies", []), "origins": state.get("origins", [])}


def not_a_state(why: str) -> CaptureError:
    """Return the failure for a storage state that Playwright can't read."""
    return CaptureError(Reason.INVALID_REQUEST, f"request.storageState can't be read: {why}")


async def add_cookies(
    context: BrowserContext, cookies: Iterable[Cookie], supplies: Supplies, origin: str | None
) -> None:
    """Add the cookies of a request to the page at this origin; raise `CaptureError` for one that can't be."""
    for cookie in cookies:
        try:
            await context.add_cookies([_cookie(cookie, supplies.value(cookie.value), origin)])  # type: ignore[list-item]
        except PlaywrightError as error:
            # Playwright's words hold the value.
            sentence = f"the browser refuses the cookie {cookie.name}: look at its value, domain and path"
            raise CaptureError(Reason.INVALID_REQUEST, sentence) from error


def _cookie(cookie: Cookie, value: str, origin: str | None) -> dict[str, Any]:
    page = urlsplit(origin or "")
    host = page.hostname or ""
    of_page = cookie.domain is None or cookie.domain == host
    return {
        "name": cookie.name,
        # Secrets that were made from files end in a line break.
        "value": value.strip(),
        "domain": cookie.domain or (f"[{host}]" if ":" in host else host),
        "path": cookie.path,
        "secure": (of_page and page.scheme == "https") or cookie.name.startswith(_SECURE_PREFIXES),
    }
