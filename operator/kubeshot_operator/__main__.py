"""Composition root: reads the settings, opens the connections, and runs until told to stop."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import kopf
from aiohttp import web
from pythonjsonlogger.json import JsonFormatter

from kubeshot_operator.adapters.connection import Connection, open_session
from kubeshot_operator.adapters.kubernetes import KubernetesAPI
from kubeshot_operator.adapters.storage import S3Storage
from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.handlers import NotConnectedError, build_registry, build_settings, log_in
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.desk import Desk
from kubeshot_operator.runtime.dispatch import dispatch_app, dispatch_runner
from kubeshot_operator.runtime.health import Vitals, health_app
from kubeshot_operator.runtime.intake import Intake
from kubeshot_operator.runtime.passes import Passes
from kubeshot_operator.runtime.pod_maker import PodMaker
from kubeshot_operator.runtime.pool_keeper import PoolKeeper
from kubeshot_operator.runtime.queue import WorkQueue
from kubeshot_operator.runtime.reconcile import Reconciler
from kubeshot_operator.runtime.relist import Relister
from kubeshot_operator.runtime.state import State
from kubeshot_operator.settings import InvalidSettingError, Settings

_USER_AGENT = "kubeshot-operator"


def main() -> int:
    """Run the operator; return its exit code."""
    try:
        settings = Settings.from_environment(os.environ)
        connection = _connect()
    except (InvalidSettingError, NotConnectedError) as error:
        print(f"kubeshot-operator cannot start: {error}", file=sys.stderr)
        return 2
    _log_as_json(settings.log_level)
    asyncio.run(_run(settings, connection))
    return 0


def _connect() -> Connection:
    credentials = log_in()
    return Connection(credentials.server, credentials.as_ssl_context(), lambda: log_in().as_http_headers())


async def _run(settings: Settings, connection: Connection) -> None:
    state = State(Cache(), WorkQueue(), Admission(Ceiling(settings.max_pods, settings.creates_per_second)))
    async with open_session(connection, _USER_AGENT) as session:
        api = KubernetesAPI(session, connection.server)
        intake = Intake(state)
        relister = Relister(api, intake, time.monotonic)
        buckets = S3Storage(lambda name: api.read_secret(settings.namespace, name), time.monotonic)
        maker = PodMaker(state.cache, api, buckets, settings.dispatch_address)
        passes = Passes(Reconciler(state, maker, _now), PoolKeeper(state, api, _now))
        ready = asyncio.Event()
        look = _vitals(state, relister, ready)
        health = web.AppRunner(health_app(look, settings.relist_every), access_log=None)
        await _serve(health, settings.health_port)
        await relister.list_until_it_works()
        # Pods are known by now; until then each would be told that its token is none.
        desk = Desk(state, buckets, _now)
        await _serve(dispatch_runner(dispatch_app(state.cache, desk, _is_leader)), settings.dispatch_port)
        async with asyncio.TaskGroup() as tasks:
            background = (
                tasks.create_task(state.queue.run(passes.make, settings.workers)),
                tasks.create_task(relister.run(settings.relist_every)),
            )
            await kopf.operator(
                registry=build_registry(intake, lambda: _watch_session(connection)),
                settings=build_settings(),
                standalone=True,
                clusterwide=True,
                ready_flag=ready,
            )
            for task in background:
                task.cancel()


def _watch_session(connection: Connection) -> kopf.AiohttpSession:
    """Return a session for Kopf, which closes it itself; a watch has no time limit."""
    session = open_session(connection, f"{_USER_AGENT}-watch", for_watches=True)
    return kopf.AiohttpSession(server=connection.server, aiohttp_session=session)


def _vitals(state: State, relister: Relister, ready: asyncio.Event) -> Callable[[], Vitals]:
    return lambda: Vitals(relister.age, state.queue.head_age(), ready.is_set())


async def _serve(runner: web.AppRunner, port: int) -> None:
    await runner.setup()
    await web.TCPSite(runner, port=port).start()


def _is_leader() -> bool:
    """Say whether this instance decides: it is the only one, as the Deployment has one replica and recreates it."""
    return True


def _now() -> datetime:
    return datetime.now(UTC)


def _log_as_json(level: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields={"asctime": "time"})
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Kopf says each event and each handler's success at INFO.
    logging.getLogger("kopf").setLevel(max(logging.WARNING, logging.getLevelName(level)))


if __name__ == "__main__":
    sys.exit(main())
