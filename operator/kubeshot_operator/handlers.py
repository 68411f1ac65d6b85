"""Kopf: its login, its settings, and its handlers, which hand each event to the intake and return."""

from collections.abc import Callable
from typing import Any

import kopf

from kubeshot_operator.api import crd
from kubeshot_operator.runtime.intake import Intake


class NotConnectedError(Exception):
    """There is neither a service account nor a kubeconfig; the message says what to do."""


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

    @kopf.on.event("", "v1", "pods", labels={crd.MANAGED_BY_LABEL: crd.MANAGED_BY}, registry=registry)
    async def pod_changed(event: kopf.RawEvent, **_: Any) -> None:
        intake.pod(event["object"], deleted=event["type"] == "DELETED")

    @kopf.on.event(crd.GROUP, crd.VERSION, crd.CLASSES, registry=registry)
    async def class_changed(event: kopf.RawEvent, **_: Any) -> None:
        intake.capture_class(event["object"], deleted=event["type"] == "DELETED")

    @kopf.on.event("", "v1", "namespaces", registry=registry)
    async def namespace_changed(event: kopf.RawEvent, **_: Any) -> None:
        intake.namespace(event["object"], deleted=event["type"] == "DELETED")

    return registry


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
    # Without a selector every pod of the cluster would come in.
    settings.watching.label_selectors["pods"] = f"{crd.MANAGED_BY_LABEL}={crd.MANAGED_BY}"
    return settings
