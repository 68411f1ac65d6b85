"""What `/healthz` and `/readyz` answer: not that a process runs, but that it keeps up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

# A pass takes milliseconds; a request that waits this long for a worker waits for ever.
MAX_QUEUE_AGE = timedelta(minutes=2)
_MISSED_LISTS = 3


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the operator does. Ages are in seconds; `list_age` is `None` before the first LIST."""

    list_age: float | None
    queue_age: float
    watching: bool


def problems(vitals: Vitals, relist_every: timedelta) -> list[str]:
    """Return what is wrong, a sentence each; a restart may mend it."""
    found = []
    if vitals.list_age is not None and vitals.list_age > _MISSED_LISTS * relist_every.total_seconds():
        found.append(f"the last LIST is {vitals.list_age:.0f}s old")
    if vitals.queue_age > MAX_QUEUE_AGE.total_seconds():
        found.append(f"the first request in the queue has waited {vitals.queue_age:.0f}s for a worker")
    return found


def health_app(look: Callable[[], Vitals], relist_every: timedelta) -> web.Application:
    """Return the application that serves both paths: 200 with `ok`, or 503 with what is wrong."""

    async def healthz(_: web.Request) -> web.Response:
        return _answer(problems(look(), relist_every))

    async def readyz(_: web.Request) -> web.Response:
        vitals = look()
        waiting = [] if vitals.watching and vitals.list_age is not None else ["the watches are not up yet"]
        return _answer(waiting + problems(vitals, relist_every))

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])
    return app


def _answer(found: list[str]) -> web.Response:
    return web.Response(text="\n".join(found) or "ok", status=503 if found else 200)
