"""Composition root: reads the settings, opens the connections, and runs until told to stop."""

import asyncio
import logging
import os
import secrets
import socket
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import kopf
import uvloop
from aiohttp import web
from pythonjsonlogger.orjson import OrjsonFormatter

from kubeshot_operator.adapters.cgroup import read_memory_limit
from kubeshot_operator.adapters.connection import Connection, Observe, open_session
from kubeshot_operator.adapters.kubernetes import KubernetesAPI
from kubeshot_operator.adapters.network_policies import NetworkPolicies
from kubeshot_operator.adapters.resolver import resolve
from kubeshot_operator.adapters.storage import S3Storage
from kubeshot_operator.adapters.watching import KubernetesWatches
from kubeshot_operator.api.api_call import ApiCall
from kubeshot_operator.api.model import ScreenshotRequest, Status
from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.ended import what_ended
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.network_policy import Surroundings
from kubeshot_operator.decide.trace import trace_run
from kubeshot_operator.handlers import NotConnectedError, WatchFailedError, build_registry, log_in, watch
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.desk import Desk
from kubeshot_operator.runtime.dispatch import dispatch_app, dispatch_runner
from kubeshot_operator.runtime.follower import Follower
from kubeshot_operator.runtime.health import health_app
from kubeshot_operator.runtime.intake import Intake
from kubeshot_operator.runtime.lease import Clocks, Leadership, Replica
from kubeshot_operator.runtime.load import look_at_load
from kubeshot_operator.runtime.metrics import Metrics
from kubeshot_operator.runtime.passes import Passes
from kubeshot_operator.runtime.pod_maker import PodMaker
from kubeshot_operator.runtime.policy_keeper import PolicyKeeper, pools_in_use
from kubeshot_operator.runtime.pool_keeper import PoolKeeper
from kubeshot_operator.runtime.queue import WorkQueue
from kubeshot_operator.runtime.reconcile import Reconciler
from kubeshot_operator.runtime.relist import Relister
from kubeshot_operator.runtime.server_time import ServerTime
from kubeshot_operator.runtime.state import State
from kubeshot_operator.runtime.status_writer import Tell
from kubeshot_operator.runtime.tenure import Tenure, hear_signals
from kubeshot_operator.runtime.vitals import Pulse, Vitals
from kubeshot_operator.settings import InvalidSettingError, Settings

if TYPE_CHECKING:
    from kubeshot_operator.adapters.tracing import Tracer

_USER_AGENT = "kubeshot-operator"
# The pod has 30 s in all to end.
_FLUSH_SECONDS = 5.0

logger = logging.getLogger(__name__)


def main() -> int:
    """Run the operator; return its exit code."""
    try:
        settings = Settings.from_environment(os.environ)
        connection = _connect()
    except (InvalidSettingError, NotConnectedError) as error:
        print(f"kubeshot-operator cannot start: {error}", file=sys.stderr)
        return 2
    _log_as_json(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings, connection))
    return 0


def _connect() -> Connection:
    credentials = log_in()
    return Connection(credentials.server, credentials.as_ssl_context(), lambda: log_in().as_http_headers())


async def _run(settings: Settings, connection: Connection) -> None:
    metrics, pulse = Metrics(read_memory_limit()), Pulse(time.monotonic)
    server_time = ServerTime(time.monotonic, _today)
    now = server_time.now
    tracer = _open_tracer() if settings.traces else None
    state = State(Cache(), WorkQueue(metrics), Admission(Ceiling(settings.max_pods, settings.creates_per_second)))

    def observe(call: ApiCall) -> None:
        metrics.called(call)
        pulse.called(call)
        server_time.called(call)

    async with (
        open_session(connection, _USER_AGENT, observe) as session,
        open_session(connection, f"{_USER_AGENT}-watch", observe, for_watches=True) as watch_session,
    ):
        api = KubernetesAPI(session, connection.server)
        intake = Intake(state, now)
        watches = KubernetesWatches(watch_session, connection.server)
        relister = Relister(api, watches, intake, time.monotonic)
        pods = Follower(watches.pods, relister.list_pods_anew, intake.pod)
        outlines = Follower(watches.request_outlines, relister.list_requests_anew, intake.request_outline)
        buckets = S3Storage(lambda name: api.read_secret(settings.namespace, name), time.monotonic)
        leadership = Leadership(api, _replica(settings), Clocks(time.monotonic, now))
        tenure = Tenure(state, leadership)
        ready = asyncio.Event()

        def look() -> Vitals:
            age, ages, trouble = relister.age, pulse.watch_ages, relister.trouble
            return Vitals(age, state.queue.head_age(), ready.is_set(), pulse.loop_lag, ages, trouble)

        def figures() -> bytes:
            return metrics.render(look(), look_at_load(state, settings.max_pods, leadership.leads, now()))

        health = web.AppRunner(health_app(look, settings.relist_every, figures), access_log=None)
        await _serve(health, settings.health_port)
        await relister.list_until_it_works(whole=True)
        # Pods are known by now; until then each would be told that its token is none.
        dispatch = dispatch_app(state.cache, Desk(state, buckets, now), tenure.is_in_charge)
        await _serve(dispatch_runner(dispatch), settings.dispatch_port)
        surroundings = Surroundings(settings.namespace, settings.dispatch_port)
        policies = PolicyKeeper(NetworkPolicies(session, connection.server), resolve, surroundings, time.monotonic)
        maker = PodMaker(state.cache, api, buckets, policies, settings.dispatch_address)
        reconciler = Reconciler(state, maker, now, _tell(metrics, tracer))
        passes = Passes(reconciler, PoolKeeper(state, api, now), tenure.decides)
        async with asyncio.TaskGroup() as tasks:
            background = (
                tasks.create_task(state.queue.run(passes.make, settings.workers)),
                tasks.create_task(relister.run(settings.relist_every)),
                tasks.create_task(pods.run(relister.pods_version)),
                tasks.create_task(outlines.run(relister.requests_version)),
                tasks.create_task(
                    policies.run(settings.relist_every, lambda: pools_in_use(state.cache), lambda: leadership.leads)
                ),
                tasks.create_task(pulse.run()),
                tasks.create_task(tenure.race(ready)),
                tasks.create_task(
                    tenure.take_over(partial(relister.list_until_it_works, whole=False), intake.everything)
                ),
            )
            told, left = asyncio.Event(), asyncio.Event()
            leaving = tasks.create_task(tenure.leave(told, left, background))
            tasks.create_task(hear_signals(told, ready))
            try:
                await watch(build_registry(intake, lambda: _watch_session(connection, observe)), ready, left)
            except WatchFailedError as error:
                await tenure.resign(str(error))
            told.set()
            await leaving
    if tracer is not None:
        await asyncio.to_thread(tracer.close, _FLUSH_SECONDS)


def _open_tracer() -> "Tracer":
    # Importing it takes a second and 16 MB, which nobody pays who wants no traces.
    from kubeshot_operator.adapters.tracing import Tracer

    return Tracer()


def _tell(metrics: Metrics, tracer: "Tracer | None") -> Tell:
    """Return what is told of each write of a status: it counts, and sends traces of runs that are over."""

    def tell(request: ScreenshotRequest, before: Status, after: Status) -> None:
        metrics.wrote(what_ended(before, after))
        if tracer is not None and (run := trace_run(request, before, after)) is not None:
            tracer.send(run)

    return tell


def _replica(settings: Settings) -> Replica:
    """Return this process's part in the race; a container that starts anew in its pod is another one."""
    return Replica(settings.namespace, f"{socket.gethostname()}_{secrets.token_hex(4)}")


def _watch_session(connection: Connection, observe: Observe) -> kopf.AiohttpSession:
    """Return a session for Kopf, which closes it itself; a watch has no time limit."""
    session = open_session(connection, f"{_USER_AGENT}-watch", observe, for_watches=True)
    return kopf.AiohttpSession(server=connection.server, aiohttp_session=session)


async def _serve(runner: web.AppRunner, port: int) -> None:
    await runner.setup()
    await web.TCPSite(runner, port=port).start()


def _today() -> datetime:
    return datetime.now(UTC)


def _log_as_json(level: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        OrjsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields={"asctime": "time"})
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Kopf says each event and each handler's success at INFO.
    logging.getLogger("kopf").setLevel(max(logging.WARNING, logging.getLevelName(level)))


if __name__ == "__main__":
    sys.exit(main())
