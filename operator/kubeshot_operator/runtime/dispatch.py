"""The dispatch service: HTTP for capture pods. Without the token of a pod that runs it says nothing but 401."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from kubeshot_contract.dispatch import (
    AUTHORIZATION_HEADER,
    AUTHORIZATION_SCHEME,
    CLAIM_PATH,
    MAX_ANSWER_BYTES,
    MAX_CLAIM_BYTES,
    MAX_REPORT_BYTES,
    RESULT_PATH,
    ClaimAnswer,
    decode_claim,
    decode_report,
    encode_answer,
)
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.decide.hearing import Hearing
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.desk import Desk
from kubeshot_operator.runtime.pod_index import OurPod

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Message = TypeVar("Message")

# A body comes in one piece with its head; nobody needs longer than this for a few kilobytes.
_BODY_SECONDS = 10.0
_MISDIRECTED = 421
_ANSWERS = {
    Hearing.NEWS: 204,
    Hearing.UNWRITTEN: 503,
    Hearing.KNOWN: 204,
    Hearing.OUTDATED: 409,
    Hearing.FORBIDDEN: 401,
}


@dataclass(frozen=True, slots=True)
class _Caller:
    pod: OurPod


_CALLER = web.RequestKey("caller", _Caller)


def dispatch_app(cache: Cache, desk: Desk, is_leader: Callable[[], bool]) -> web.Application:
    """Return the application that serves claims and results, of pods that prove who they are only."""

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        pod = cache.holder_of(_token(request))
        if pod is None:
            return web.Response(status=401)
        if not is_leader():
            return web.Response(status=_MISDIRECTED)
        request[_CALLER] = _Caller(pod)
        return await handler(request)

    async def claim(request: web.Request) -> web.Response:
        pod, asked = request[_CALLER].pod, await _read(request, MAX_CLAIM_BYTES, decode_claim)
        if not isinstance(pod, WarmPod):
            return web.Response(status=401)
        try:
            return web.Response(text=_bounded(await desk.claim(pod, asked)), content_type="application/json")
        except UnavailableError:
            return web.Response(status=503)

    async def result(request: web.Request) -> web.Response:
        report = await _read(request, MAX_REPORT_BYTES, decode_report)
        return web.Response(status=_ANSWERS[await desk.report(request[_CALLER].pod, report)])

    app = web.Application(middlewares=[admit], client_max_size=max(MAX_CLAIM_BYTES, MAX_REPORT_BYTES))
    app.on_response_prepare.append(_hide_server)
    app.add_routes([web.post(CLAIM_PATH, claim), web.post(RESULT_PATH, result)])
    return app


def dispatch_runner(app: web.Application) -> web.AppRunner:
    """Return what serves the application; a pod that hangs up is waited for no longer."""
    return web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        keepalive_timeout=75.0,
        lingering_time=1.0,
        auto_decompress=False,
    )


def _token(request: web.Request) -> str:
    header = request.headers.get(AUTHORIZATION_HEADER, "")
    return header.removeprefix(AUTHORIZATION_SCHEME) if header.startswith(AUTHORIZATION_SCHEME) else ""


async def _read(request: web.Request, most: int, decode: Callable[[str], Message]) -> Message:
    """Return the message in a body; raise the answer to one that is too large, too slow, or something else."""
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=request.content_length or 0)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await request.read()
        if len(body) > most:
            raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=len(body))
        return decode(body.decode())
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    except (UnicodeDecodeError, MalformedMessageError) as error:
        raise web.HTTPBadRequest(text=str(error)) from error


def _bounded(answer: ClaimAnswer) -> str:
    """Return an answer as JSON; of jobs that are too large together only the first, the others have the next claim."""
    text = encode_answer(answer)
    return text if len(text) <= MAX_ANSWER_BYTES else encode_answer(ClaimAnswer(answer.jobs[:1]))


async def _hide_server(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)
