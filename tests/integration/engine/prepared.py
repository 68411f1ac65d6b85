"""Pages as the first three stages leave them: with their context, opened, and let through by the gate."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Browser, Page

from integration.engine.opened import LONGEST_SECONDS, within
from kubeshot_capture.attempt import chromium_path
from kubeshot_capture.browser import BrowserProcess
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.material import EncodedFile
from kubeshot_capture.stages import context, gate
from kubeshot_capture.stages import open as opening
from kubeshot_capture.supplies import Supplies
from kubeshot_capture.tab import Tab
from kubeshot_cli.local import ANYWHERE
from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome
from unit.contract.make import make_spec

Value = TypeVar("Value")

SECONDS = 30.0


class Nowhere:
    """A destination of captures that end before they deliver."""

    def check(self) -> None:
        """Take everything."""

    async def deliver(self, file: EncodedFile, deadline: Deadline) -> None:
        """Be never asked."""
        raise AssertionError(file)


@dataclass(slots=True)
class Prepared:
    """A page, and what is known of how it came to be."""

    tab: Tab
    notes: list[str] = field(default_factory=list)
    outcome: Outcome = Outcome.SKIPPED

    @property
    def page(self) -> Page:
        """The page itself."""
        return self.tab.page

    async def ask(self, expression: str) -> Any:
        """Return what an expression is in the page."""
        return await self.page.evaluate(expression)


class SharedBrowser(BrowserProcess):
    """A browser that is started once."""

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> Browser:
        """Return the browser, started when it wasn't."""
        if self._browser is None:
            await super().start(sandbox, deadline)
        assert self._browser is not None
        return self._browser

    async def stop(self) -> None:
        """End the browser."""
        if self._browser and self._playwright:
            await self._browser.close()
            await self._playwright.stop()


class Preparing:
    """Prepares pages, each in a context of its own, in one browser."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._folder = folder
        self._browser: SharedBrowser | None = None

    def __call__(
        self,
        work: Callable[[Prepared], Awaitable[Value]],
        *,
        supplies: Supplies | None = None,
        assets: Path | None = None,
        **spec: Any,
    ) -> Value:
        """Prepare the page of a spec in the CRD's spelling, do the work with it and return what that returns."""

        async def run() -> Value:
            self._browser = self._browser or SharedBrowser(chromium_path(os.environ))
            sandbox = Sandbox.DISABLED if os.geteuid() == 0 else Sandbox.REQUIRED
            guard = Guard(ANYWHERE)
            commission = Commission(
                make_spec(**spec), supplies or Supplies(), sandbox, guard, self._folder, Nowhere(), assets
            )
            try:
                return await self._prepared(commission, work)
            finally:
                await guard.close()

        return self._wait(run())

    async def _prepared(self, commission: Commission, work: Callable[[Prepared], Awaitable[Value]]) -> Value:
        assert self._browser is not None, "there is a browser"
        notes: list[str] = []
        tab = await context.run(self._browser, commission, notes.append, within(SECONDS))
        try:
            prepared = Prepared(tab, notes)
            prepared.outcome = await opening.run(
                tab, commission.spec.source, None, commission.spec.wait.until, within(SECONDS)
            )
            await gate.run(tab, commission.spec.fail_on, within(SECONDS))
            return await work(prepared)
        finally:
            await tab.page.context.close()

    def reason(self, **spec: Any) -> Reason | None:
        """Return why a page is refused, `None` when it isn't."""
        failure = self.failure(**spec)
        return failure.reason if failure else None

    def failure(self, **spec: Any) -> CaptureError | None:
        """Return the failure of a page, `None` when there is none."""

        async def nothing(_: Prepared) -> None:
            return None

        try:
            self(nothing, **spec)
        except CaptureError as error:
            return error
        return None

    def close(self) -> None:
        """End the browser."""
        if self._browser:
            self._wait(self._browser.stop())
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._loop.run_until_complete(asyncio.wait_for(work, LONGEST_SECONDS))


def make_certificate(folder: Path) -> Path:
    """Return a file with a certificate that nobody signed, and its key."""
    file, certificate = folder / "both.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + certificate.read_text())
    return file
