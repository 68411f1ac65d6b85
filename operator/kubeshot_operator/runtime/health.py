"""What `/healthz`, `/readyz` and `/metrics` answer: not that a process runs, but that it keeps up."""

from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from kubeshot_operator.runtime.vitals import Vitals

# A pass takes milliseconds; a request that waits this long for a worker waits for ever.
MAX_QUEUE_AGE = 120.0
# A leader whose loop is late by 7 s loses its Lease; the probe has to see it three times in a row, so no burst is one.
MAX_LOOP_LAG = 5.0
# A watch is begun anew every minute. After three that failed no new pod should rely on this one; an outage of the API
# server is not mended by a restart, so only a watch that hangs for longer than most outages take is a reason for one.
MAX_WATCH_AGE_READY = 180.0
MAX_WATCH_AGE = 600.0
_MISSED_LISTS = 3
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def problems(vitals: Vitals, relist_every: timedelta) -> list[str]:
    """Return what is wrong, a sentence each; a restart may mend it."""
    found = late_watches(vitals, MAX_WATCH_AGE)
    if vitals.list_age is not None and vitals.list_age > _MISSED_LISTS * relist_every.total_seconds():
        found.append(f"the last LIST is {vitals.list_age:.0f}s old")
    if vitals.queue_age > MAX_QUEUE_AGE:
        found.append(f"the first request in the queue has waited {vitals.queue_age:.0f}s for a worker")
    if vitals.loop_lag > MAX_LOOP_LAG:
        found.append(f"the event loop was late by {vitals.loop_lag:.1f}s")
    return found


def why_not_ready(vitals: Vitals, relist_every: timedelta) -> list[str]:
    """Return why this replica should not be counted on, a sentence each.

    One that stands by is ready: it has what it takes to lead. Else a rolling upgrade would wait for it for ever.
    """
    if not vitals.watching or vitals.list_age is None:
        return ["the watches are not up yet", *([vitals.list_trouble] if vitals.list_trouble else [])]
    late = [] if late_watches(vitals, MAX_WATCH_AGE) else late_watches(vitals, MAX_WATCH_AGE_READY)
    return late + problems(vitals, relist_every)


def late_watches(vitals: Vitals, most: float) -> list[str]:
    """Return which watches were answered longer ago than this, a sentence each."""
    late = {resource: age for resource, age in vitals.watch_ages.items() if age > most}
    return [f"the watch of {resource} was last answered {age:.0f}s ago" for resource, age in sorted(late.items())]


def health_app(look: Callable[[], Vitals], relist_every: timedelta, figures: Callable[[], bytes]) -> web.Application:
    """Return the application that serves the paths: 200 with `ok`, or 503 with what is wrong; and the figures."""

    async def healthz(_: web.Request) -> web.Response:
        return _answer(problems(look(), relist_every))

    async def readyz(_: web.Request) -> web.Response:
        return _answer(why_not_ready(look(), relist_every))

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=figures(), headers={"Content-Type": _PROMETHEUS})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return app


def _answer(found: list[str]) -> web.Response:
    return web.Response(text="\n".join(found) or "ok", status=503 if found else 200)
