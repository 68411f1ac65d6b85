"""A CRD that is not there, or goes: said in one sentence, and waited for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import kopf
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kubeshot_operator.adapters.errors import NotInstalledError
from kubeshot_operator.adapters.kubernetes import KubernetesAPI
from kubeshot_operator.adapters.watching import KubernetesWatches, WatchEvent
from kubeshot_operator.handlers import WatchFailedError, build_registry, watch
from kubeshot_operator.runtime.intake import Intake
from kubeshot_operator.runtime.relist import Relister
from unit.operator.builders import make_state
from unit.operator.virtual_time import run_virtually

GROUP = "/apis/kubeshot.dev/v1alpha1"
REQUESTS = f"{GROUP}/screenshotrequests"
EMPTY = {"items": [], "metadata": {"resourceVersion": "7"}}
MISSING = "the CRD screenshotrequests.kubeshot.dev is not installed: kubectl apply -k crds"


def kind(name: str, *, namespaced: bool) -> dict[str, Any]:
    """Return a kind as an API server tells of it."""
    return {"name": name, "namespaced": namespaced, "kind": name, "singularName": "", "verbs": ["list", "watch"]}


def served(kinds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the kinds of a group."""
    return {"resources": kinds}


class Plane:
    """An API server without an object in it, and without requests once their CRD is `gone`."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        ours = [kind("screenshotrequests", namespaced=True), kind("captureclasses", namespaced=False)]
        version = {"version": "v1alpha1", "groupVersion": "kubeshot.dev/v1alpha1"}
        group = {"name": "kubeshot.dev", "preferredVersion": version, "versions": [version]}
        self._told: dict[str, Any] = {
            "/api": {"versions": ["v1"]},
            "/api/v1": served([kind("namespaces", namespaced=False)]),
            "/apis": {"groups": [group]},
            "/apis/kubeshot.dev": group,
            GROUP: served(ours),
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any call."""
        if request.path == REQUESTS and self.gone.is_set():
            return web.Response(status=404, text="404 page not found")
        if "watch" not in request.query:
            return web.json_response(self._told.get(request.path, EMPTY))
        stream = web.StreamResponse()
        await stream.prepare(request)
        # A CRD that goes takes its watches along; the others last.
        await (self.gone if request.path == REQUESTS else asyncio.Event()).wait()
        return stream


@pytest.fixture
def plane() -> Plane:
    """An API server on which all is installed."""
    return Plane()


@asynccontextmanager
async def connected(plane: Plane) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Yield a session, and where the API server is."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", plane.answer)
    async with TestServer(app, shutdown_timeout=0.1) as server, aiohttp.ClientSession() as session:
        yield session, str(server.make_url("")).rstrip("/")


def test_a_list_of_a_kind_that_is_not_there_says_what_to_do(plane: Plane) -> None:
    async def main() -> None:
        plane.gone.set()
        async with connected(plane) as (session, server):
            with pytest.raises(NotInstalledError) as caught:
                await anext(aiter(KubernetesAPI(session, server).unfinished_pages()))
            assert str(caught.value) == MISSING

    asyncio.run(main())


def test_so_does_a_watch(plane: Plane) -> None:
    async def main() -> None:
        plane.gone.set()
        async with connected(plane) as (session, server):
            with pytest.raises(NotInstalledError) as caught:
                await anext(KubernetesWatches(session, server).request_outlines(7))
            assert str(caught.value) == MISSING

    asyncio.run(main())


def test_a_crd_that_goes_ends_the_watches_of_kopf_and_says_so(plane: Plane) -> None:
    async def main() -> None:
        ready = asyncio.Event()
        async with connected(plane) as (session, server):
            session_of_kopf = kopf.AiohttpSession(server=server, aiohttp_session=session)
            registry = build_registry(Intake(make_state()), lambda: session_of_kopf)
            watching = asyncio.create_task(watch(registry, ready, asyncio.Event()))
            await ready.wait()
            plane.gone.set()
            with pytest.raises(WatchFailedError, match="404"):
                await watching

    asyncio.run(main())


class Lacking:
    """A cluster that cannot be listed for a while."""

    def __init__(self, times: int) -> None:
        self._times = times

    async def requests_there(self) -> AsyncIterator[WatchEvent]:
        """Yield that there is none, in time."""
        self._times -= 1
        if self._times >= 0:
            raise NotInstalledError("screenshotrequests")
        yield WatchEvent(7, None, is_whole=True)

    async def nothing(self) -> tuple[list[dict[str, Any]], int]:
        """Return an empty list."""
        return [], 7

    list_pods = list_classes = list_namespaces = nothing


def test_it_is_waited_for_and_told_meanwhile() -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        lacking: Any = Lacking(3)
        relister = Relister(lacking, lacking, Intake(make_state()), loop.time)
        listing = asyncio.create_task(relister.list_until_it_works(whole=True))
        await asyncio.sleep(12)
        told = [relister.trouble]
        await listing
        return [*told, relister.trouble]

    assert run_virtually(main) == [MISSING, ""]
