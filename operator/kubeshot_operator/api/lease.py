"""The Lease by which replicas agree on the one that leads, as a value; `coordination.k8s.io/v1` in and out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kubeshot_operator.api import crd

Raw = Mapping[str, Any]


class UnreadableLeaseError(ValueError):
    """The Lease does not hold what a Lease holds; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A Lease as last read; one without a version is yet to be created.

    `acquired` and `renewed` are for people: a clock of another machine may be wrong by any time, and nothing is decided
    by them.
    """

    holder: str
    """Who leads; empty when the last one gave it up."""
    seconds: int
    """For how long others hold still after they have seen it change."""
    transitions: int
    acquired: datetime | None
    renewed: datetime | None
    version: str = ""


def parse_lease(body: Raw) -> Lease:
    """Return the Lease in a raw body; raise `UnreadableLeaseError` when it is none of ours."""
    try:
        spec = body.get("spec") or {}
        return Lease(
            holder=str(spec.get("holderIdentity") or ""),
            seconds=int(spec.get("leaseDurationSeconds") or 0),
            transitions=int(spec.get("leaseTransitions") or 0),
            acquired=_moment(spec.get("acquireTime")),
            renewed=_moment(spec.get("renewTime")),
            version=str(body["metadata"]["resourceVersion"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableLeaseError(f"the Lease {crd.LEASE_NAME} cannot be read: {error}") from error


def render_lease(lease: Lease, namespace: str) -> dict[str, Any]:
    """Return the body that writes a Lease; its version is the one that it has to have until then."""
    metadata = {"name": crd.LEASE_NAME, "namespace": namespace}
    times = {"acquireTime": lease.acquired, "renewTime": lease.renewed}
    return {
        "apiVersion": crd.LEASE_API_VERSION,
        "kind": crd.LEASE_KIND,
        "metadata": {**metadata, "resourceVersion": lease.version} if lease.version else metadata,
        "spec": {
            "holderIdentity": lease.holder,
            "leaseDurationSeconds": lease.seconds,
            "leaseTransitions": lease.transitions,
            **{name: _format(moment) for name, moment in times.items() if moment is not None},
        },
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _format(moment: datetime) -> str:
    """Return a time as a MicroTime, which is refused without its six digits."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
