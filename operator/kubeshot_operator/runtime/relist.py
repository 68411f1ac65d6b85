"""The LIST every few minutes that repairs the cache: a watch can miss a deletion for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

from kubeshot_operator.adapters.errors import RefusedError, UnavailableError
from kubeshot_operator.adapters.kubernetes import KubernetesAPI
from kubeshot_operator.adapters.watching import KubernetesWatches
from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.api.outline import parse_outline
from kubeshot_operator.runtime.intake import Intake, RawListing, shelve_page
from kubeshot_operator.runtime.shelf import Shelf

RawPage = list[dict[str, Any]]
Pages = AsyncIterator[tuple[RawPage, int]]

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 5.0


class Relister:
    """Lists everything, at start and then at an interval."""

    def __init__(
        self, api: KubernetesAPI, watches: KubernetesWatches, intake: Intake, clock: Callable[[], float]
    ) -> None:
        self._api = api
        self._watches = watches
        self._intake = intake
        self._clock = clock
        self._listed_at: float | None = None
        self.trouble = ""
        """Why the last LIST was not possible, empty when it was."""
        self.pods_version = 0
        """The version at which pods were listed last."""
        self.requests_version = 0
        """The version at which requests were listed last."""

    @property
    def age(self) -> float | None:
        """Seconds since the last LIST that went well; `None` before the first."""
        return None if self._listed_at is None else self._clock() - self._listed_at

    async def list_once(self, *, whole: bool) -> None:
        """List everything and hand it in, requests that are over only if it is to be the whole.

        Raises `UnavailableError` when that is not possible.
        """
        # The requests come first: a pod that is created meanwhile is kept, because it is younger than the LIST.
        shelf = Shelf() if whole else None
        requests, version = await (self._read_unfinished() if shelf is None else self._sort(shelf))
        pods, pods_version = await self._api.list_pods()
        classes, _ = await self._api.list_classes()
        namespaces, _ = await self._api.list_namespaces()
        self._intake.listing(RawListing(version, requests, pods, classes, namespaces, shelf))
        self._listed_at, self.pods_version = self._clock(), pods_version
        self.requests_version = version

    async def _sort(self, shelf: Shelf) -> tuple[list[ScreenshotRequest], int]:
        """Take in all requests one by one, or page by page, and read only those that are not at rest."""
        try:
            return await self._sort_stream(shelf)
        except RefusedError as error:
            logger.info("requests are listed in pages", extra={"error": str(error)})
            return await self._read_pages(self._api.request_pages(), lambda page: shelve_page(page, shelf))

    async def _sort_stream(self, shelf: Shelf) -> tuple[list[ScreenshotRequest], int]:
        requests: dict[str, ScreenshotRequest] = {}
        version = 0
        async for event in self._watches.requests_there():
            version = event.version
            if event.body is None:
                continue
            # It may have been told before, and changed meanwhile.
            outline = parse_outline(event.body)
            shelf.forget(outline.uid, outline.key)
            requests.pop(outline.uid, None)
            if not event.deleted:
                requests.update((item.uid, item) for item in self._intake.read(shelve_page([event.body], shelf)))
        return list(requests.values()), version

    async def _read_unfinished(self) -> tuple[list[ScreenshotRequest], int]:
        return await self._read_pages(self._api.unfinished_pages(), lambda page: page)

    async def _read_pages(
        self, pages: Pages, choose: Callable[[RawPage], RawPage]
    ) -> tuple[list[ScreenshotRequest], int]:
        requests: list[ScreenshotRequest] = []
        first = 0
        async for page, version in pages:
            requests += self._intake.read(choose(page))
            first = first or version
        return requests, first

    async def run(self, every: timedelta) -> None:
        """List until cancelled."""
        while True:
            await asyncio.sleep(every.total_seconds())
            await self.list_until_it_works(whole=False)

    async def list_until_it_works(self, *, whole: bool) -> None:
        """List once, however long that takes."""
        while True:
            try:
                await self.list_once(whole=whole)
                self.trouble = ""
                return
            except UnavailableError as error:
                self.trouble = str(error)
                logger.warning("the cluster cannot be listed", extra={"error": self.trouble})
                await asyncio.sleep(_RETRY_SECONDS)

    async def list_pods_anew(self) -> int:
        """List everything, however long that takes, and return the version at which the pods were listed."""
        await self.list_until_it_works(whole=False)
        return self.pods_version

    async def list_requests_anew(self) -> int:
        """List everything, however long that takes, and return the version at which the requests were listed."""
        await self.list_until_it_works(whole=True)
        return self.requests_version
