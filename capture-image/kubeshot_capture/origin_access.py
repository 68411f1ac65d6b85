"""Gives headers and a password to the page's own origin, and to no other."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.supplies import Supplies
from kubeshot_contract.reasons import Reason
from kubeshot_contract.secret_values import PASSWORD_KEY, USERNAME_KEY
from kubeshot_contract.spec import RequestOptions, SecretKey


@dataclass(frozen=True, slots=True)
class Login:
    """The answer to an HTTP authentication challenge."""

    username: str
    password: str = field(repr=False)


async def origin_of(page: Page, url: str) -> str:
    """Return a URL's origin as the browser reads it: hosts have several spellings, and only one of them is compared."""
    return str(await page.evaluate("url => new URL(url).origin", url))


def headers_of(request: RequestOptions, supplies: Supplies) -> dict[str, str]:
    """Return the request's headers by name; raise `CaptureError` for a value that can't be in a header."""
    # Around a value white space means nothing (RFC 9110), and Secrets that were made from files end in a line break.
    headers = {header.name: supplies.value(header.value).strip() for header in request.headers}
    for name, value in headers.items():
        if any(letter in value for letter in "\r\n\0"):
            raise CaptureError(Reason.INVALID_REQUEST, f"the value of the header {name} has several lines")
    return headers


def login_of(request: RequestOptions, supplies: Supplies) -> Login | None:
    """Return the request's name and password."""
    if request.basic_auth is None:
        return None
    return Login(*(supplies.secrets[SecretKey(request.basic_auth, key)] for key in (USERNAME_KEY, PASSWORD_KEY)))


async def grant(page: Page, origin: str, headers: Mapping[str, str], login: Login | None) -> None:
    """Send the headers with each request to this origin, and answer its challenges, from now on.

    Playwright's own routes stop every request to any origin, and keep changed headers over a redirect to another one.
    A session of our own is asked about this origin's requests only, and about each step of a redirect anew.
    """
    if headers or login:
        session = await page.context.new_cdp_session(page)
        await _Gatekeeper(session, headers, login).begin(origin)


class _Gatekeeper:
    def __init__(self, session: CDPSession, headers: Mapping[str, str], login: Login | None) -> None:
        self._session = session
        self._headers = headers
        self._login = login
        self._asked: set[str] = set()

    async def begin(self, origin: str) -> None:
        self._session.on("Fetch.requestPaused", self._on_request)
        self._session.on("Fetch.authRequired", self._on_challenge)
        patterns = [{"urlPattern": f"{origin}/*", "requestStage": "Request"}]
        asked = {"patterns": patterns, "handleAuthRequests": self._login is not None}
        await self._session.send("Fetch.enable", asked)

    async def _on_request(self, event: dict[str, Any]) -> None:
        changed = {name.lower() for name in self._headers}
        own = {name: value for name, value in event["request"]["headers"].items() if name.lower() not in changed}
        headers = [{"name": name, "value": value} for name, value in {**own, **self._headers}.items()]
        await self._answer("Fetch.continueRequest", event, {"headers": headers} if self._headers else {})

    async def _on_challenge(self, event: dict[str, Any]) -> None:
        answer = {"response": "Default"}
        # A proxy asks on behalf of itself.
        if self._login and event["authChallenge"].get("source") != "Proxy":
            answer = self._login_for(event["requestId"], self._login)
        await self._answer("Fetch.continueWithAuth", event, {"authChallengeResponse": answer})

    def _login_for(self, request: str, login: Login) -> dict[str, str]:
        if request in self._asked:
            # The name or the password is wrong: asking again would never end.
            return {"response": "CancelAuth"}
        self._asked.add(request)
        return {"response": "ProvideCredentials", "username": login.username, "password": login.password}

    async def _answer(self, method: str, event: dict[str, Any], arguments: dict[str, Any]) -> None:
        # The request may be gone with its document.
        with suppress(PlaywrightError):
            await self._session.send(method, {"requestId": event["requestId"], **arguments})
