"""A CaptureClass as a value: how captures run, and where their images go. `parse` makes it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kubeshot_contract.egress import Egress
from kubeshot_contract.options import Sandbox
from kubeshot_operator.api.crd import Encryption, PolicyMode, ReuseMode
from kubeshot_operator.api.limits import Limits
from kubeshot_operator.api.selector import Selector


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """How capture pods of a class look. `extra` holds the fields that are passed on to the pod's spec unread."""

    image: str
    requests: dict[str, str]
    limits: dict[str, str]
    memory: int
    """The memory limit of a first attempt, in bytes."""
    max_memory: int
    sandbox: Sandbox
    seccomp_profile: str
    """Where the profile for Chromium's sandbox is, below the kubelet's folder for them."""
    apparmor_profile: str | None
    """A profile that is loaded on the nodes; `None` for the runtime's own."""
    labels: dict[str, str]
    annotations: dict[str, str]
    extra: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Storage:
    """A bucket and how it is reached."""

    endpoint: str
    public_endpoint: str | None
    region: str
    bucket: str
    credentials_secret: str
    ca_bundle: str | None
    key_template: str
    encryption: Encryption | None
    kms_key_id: str | None


@dataclass(frozen=True, slots=True)
class Reuse:
    """Whether captures share pods, how long a warm pod lasts, and how many there may be of a class in a namespace."""

    mode: ReuseMode
    max_captures: int
    max_age: timedelta
    idle_timeout: timedelta
    memory_percent: int
    pages: int
    max_pods: int


@dataclass(frozen=True, slots=True)
class CaptureClass:
    """How captures run and where their images go. `generation` counts the changes of its spec.

    `namespaces` selects those that may use it, by their labels.
    """

    name: str
    uid: str
    generation: int
    is_default: bool
    pod: PodTemplate
    storage: Storage
    egress: Egress
    network_policy: PolicyMode
    proxy_secret: str | None
    """A Secret in the namespace of the request: the way out of a cluster that has no other."""
    limits: Limits
    attempt_timeout: timedelta
    namespaces: Selector
    reuse: Reuse
