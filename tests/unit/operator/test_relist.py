"""All there is, as an API server tells it: in a stream, or page by page where it knows of no such stream."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kubeshot_operator.adapters.connection import Connection, open_session
from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.adapters.kubernetes import KubernetesAPI
from kubeshot_operator.adapters.watching import KubernetesWatches
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Key
from kubeshot_operator.api.parse_status import render_status
from kubeshot_operator.runtime.intake import Intake
from kubeshot_operator.runtime.relist import Relister
from kubeshot_operator.runtime.state import State
from unit.operator.builders import KEY, make_state, make_status, raw_request

Raw = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUESTS = "/apis/kubeshot.dev/v1alpha1/screenshotrequests"
OTHERS = ("/api/v1/pods", "/api/v1/namespaces", "/apis/kubeshot.dev/v1alpha1/captureclasses")


def under_way(name: str, version: int = 5) -> Raw:
    """Return a request that is captured."""
    return _request(name, version, Phase.CAPTURING)


def over(name: str, version: int = 5) -> Raw:
    """Return a request that was captured."""
    return _request(name, version, Phase.SUCCEEDED)


def _request(name: str, version: int, phase: Phase) -> Raw:
    status = render_status(make_status(phase))
    return raw_request(status=status, name=name, uid=f"uid-of-{name}", resourceVersion=str(version))


def bookmark(version: int, **annotations: str) -> Raw:
    """Return the event that says up to which version all is told."""
    return {
        "type": "BOOKMARK",
        "object": {"metadata": {"resourceVersion": str(version), "annotations": annotations}},
    }


WHOLE = bookmark(50, **{"k8s.io/initial-events-end": "true"})


def there(body: Raw, kind: str = "ADDED") -> Raw:
    """Return the event that tells of a request."""
    return {"type": kind, "object": body}


def streamed(*events: Raw) -> Handler:
    """Return what answers with a stream of these."""

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.query["sendInitialEvents"] == "true"
        return web.Response(text="".join(f"{json.dumps(event)}\n" for event in events))

    return answer


def paged(*bodies: Raw) -> Handler:
    """Return what refuses a stream, and has a request on each page of a LIST."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if "watch" in request.query:
            return web.json_response({"message": "sendInitialEvents is forbidden"}, status=422)
        place = int(request.query["continue"] or 0)
        token = str(place + 1) if place + 1 < len(bodies) else ""
        return web.json_response(_listed(bodies[place], token=token))

    return answer


async def _nothing(_: web.Request) -> web.StreamResponse:
    return web.json_response(_listed())


def _listed(*bodies: Raw, token: str = "") -> Raw:
    return {"metadata": {"resourceVersion": "50", "continue": token}, "items": list(bodies)}


def listed_by(handler: Handler) -> tuple[State, int]:
    """List everything once, and return what is known then and its version."""
    state = make_state()

    async def main() -> int:
        app = web.Application()
        app.router.add_get(REQUESTS, handler)
        for path in OTHERS:
            app.router.add_get(path, _nothing)
        async with TestServer(app) as server:
            connection = Connection(str(server.make_url("")).rstrip("/"), ssl.create_default_context(), dict)
            async with open_session(connection, "tests", lambda _: None) as session:
                api = KubernetesAPI(session, connection.server)
                watches = KubernetesWatches(session, connection.server)
                relister = Relister(api, watches, Intake(state), lambda: 0.0)
                await relister.list_once(whole=True)
                return relister.requests_version

    return state, asyncio.run(main())


def names(state: State) -> set[str]:
    """Return the names of the requests that are known as a whole."""
    return {key.name for key in state.cache.requests}


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(streamed(there(over("a")), there(under_way("b")), WHOLE), id="a stream"),
        pytest.param(paged(over("a"), under_way("b")), id="pages"),
    ],
)
def test_only_requests_that_are_not_at_rest_are_kept_whole(handler: Handler) -> None:
    state, version = listed_by(handler)
    assert names(state) == {"b"}
    assert "uid-of-a" in state.cache.shelf
    assert version == 50


def test_what_changes_while_the_stream_lasts_is_taken_in() -> None:
    state, _ = listed_by(
        streamed(
            *(there(body) for body in (over("gone"), under_way("ends"), over("returns"))),
            there(over("gone", 48), "DELETED"),
            there(over("ends", 49), "MODIFIED"),
            there(under_way("returns", 50), "MODIFIED"),
            WHOLE,
        )
    )
    assert names(state) == {"returns"}
    assert len(state.cache.shelf) == 1
    assert state.cache.requests[Key(KEY.namespace, "returns")].resource_version == "50"


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((there(over("a")),), id="nothing more is said"),
        pytest.param((there(over("a")), bookmark(50)), id="a bookmark says how far it came"),
    ],
)
def test_a_stream_that_ends_too_soon_is_no_list(events: tuple[Raw, ...]) -> None:
    with pytest.raises(UnavailableError, match="it ended before all was told"):
        listed_by(streamed(*events))
