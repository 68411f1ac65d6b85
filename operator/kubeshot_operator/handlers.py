"""Kopf: its run, its login, its settings, and its handlers, which hand each event to the intake and return."""

import asyncio
from collections.abc import Callable
from typing import Any

import kopf

from kubeshot_operator.api import crd
from kubeshot_operator.runtime.intake import Intake


class NotConnectedError(Exception):
    """There is neither a service account nor a kubeconfig; the message says what to do."""


class WatchFailedError(Exception):
    """A watch of Kopf's cannot go on, such as that of a kind whose CRD was deleted; the message says why."""


async def watch(registry: kopf.OperatorRegistry, ready: asyncio.Event, stop: asyncio.Event) -> None:
    """Run these handlers until `stop`; `ready` is set when the watches are up.

    Raises `WatchFailedError`. What is left of Kopf runs on then: whoever calls has to end as a process.
    """
    others = asyncio.all_tasks()
    tasks = await kopf.spawn_tasks(
        registry=registry,
        settings=build_settings(),
        standalone=True,
        clusterwide=True,
        ready_flag=ready,
        stop_flag=stop,
    )
    # Kopf itself tells of a failure only when it has ended all of its tasks, which takes 5 s, or for ever.
    ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in ended:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise WatchFailedError(str(error)) from error
    await kopf.run_tasks(tasks, ignored=others)


def log_in() -> kopf.ConnectionInfo:
    """Return the credentials of the pod we run in, or else of the current kubeconfig, read anew at each call."""
    settings = build_settings()
    found = kopf.login_with_service_account(settings=settings) or kopf.login_with_kubeconfig(settings=settings)
    if found is None:
        raise NotConnectedError("there is no service account and no kubeconfig: run in a cluster, or set KUBECONFIG")
    return found


def build_registry(intake: Intake, open_session: Callable[[], kopf.AiohttpSession]) -> kopf.OperatorRegistry:
    """Return the handlers that feed this intake, over a session opened at each login."""
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    async def login(**_: Any) -> kopf.AiohttpSession:
        return open_session()

    @kopf.on.event(crd.GROUP, crd.VERSION, crd.REQUESTS, registry=registry)
    async def request_changed(event: kopf.RawEvent, **_: Any) -> None:
        intake.request(event["object"], deleted=event["type"] == "DELETED")

    @kopf.on.event(crd.GROUP, crd.VERSION, crd.CLASSES, registry=registry)
    async def class_changed(event: kopf.RawEvent, **_: Any) -> None:
        intake.capture_class(event["object"], deleted=event["type"] == "DELETED")

    @kopf.on.event("", "v1", "namespaces", registry=registry)
    async def namespace_changed(event: kopf.RawEvent, **_: Any) -> None:
        intake.namespace(event["object"], deleted=event["type"] == "DELETED")

    return registry


class _NoDifferences(kopf.DiffBaseStorage):
    """Finds each object to be as it was."""

    def build(self, *, body: kopf.Body, extra_fields: object = None) -> kopf.BodyEssence:
        """Return nothing of an object."""
        return kopf.BodyEssence()

    def fetch(self, *, body: kopf.Body) -> None:
        """Return nothing of an object as it was before."""

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: kopf.BodyEssence) -> None:
        """Keep nothing."""


class _NoProgress(kopf.ProgressStorage):
    """Keeps nothing: handlers of events are run once, whatever becomes of them."""

    def fetch(self, *, key: str, body: kopf.Body) -> None:
        """Return nothing."""

    def store(self, **_: object) -> None:
        """Keep nothing."""

    def purge(self, **_: object) -> None:
        """Keep nothing."""

    def touch(self, **_: object) -> None:
        """Keep nothing."""

    def clear(self, *, essence: kopf.BodyEssence) -> kopf.BodyEssence:
        """Return it as it is: nothing was added."""
        return essence


def build_settings() -> kopf.OperatorSettings:
    """Return Kopf's settings; each has its reason."""
    settings = kopf.OperatorSettings()
    # An idle worker per object would hold its memory for 5 seconds after each event.
    settings.queueing.idle_timeout = 0.5
    # A hung connection must not block for Kopf's default of 5 minutes.
    settings.networking.request_timeout = 30
    settings.networking.connect_timeout = 5
    # A watch that is begun anew tells that it is alive; the events of a quiet cluster do not.
    settings.watching.server_timeout = 60
    # Log lines are not Events.
    settings.posting.enabled = False
    # No watch of CRDs, nor of namespaces as places to look into: ours are fixed, and all namespaces are looked into.
    settings.scanning.disabled = True
    # Peering pauses both operators when priorities tie.
    settings.peering.standalone = True
    # What is over is followed by its metadata only, in a watch of our own.
    settings.watching.field_selectors[crd.REQUESTS] = crd.UNFINISHED
    # No handler of ours asks what has changed, yet Kopf copies each object twice to tell.
    settings.persistence.diffbase_storage = _NoDifferences()
    settings.persistence.progress_storage = _NoProgress()
    return settings
