"""What the control plane was asked to do: requests of everybody to the API server, and what etcd wrote."""

import re

from bench.figures import Demand
from e2e.groups import PROC
from e2e.kubectl import Kubectl

_WRITES = ("create", "update", "delete")
_SAMPLE = re.compile(
    r"^(?P<name>apiserver_request_total|etcd_requests_total)\{(?P<labels>.*)\} (?P<value>\S+)$", re.MULTILINE
)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


def demand(kubectl: Kubectl) -> Demand:
    """Return what there was since both started. Watches and health checks are no requests."""
    requests = writes = 0.0
    for sample in _SAMPLE.finditer(kubectl.raw("/metrics")):
        labels = dict(_LABEL.findall(sample["labels"]))
        value = float(sample["value"])
        if sample["name"] == "etcd_requests_total":
            writes += value if labels["operation"] in _WRITES else 0
        elif labels["verb"] != "WATCH" and labels["resource"]:
            requests += value
    return Demand(requests, writes, _written_by_etcd())


def added(before: Demand, after: Demand) -> Demand:
    """Return what came between two looks."""
    return Demand(
        after.requests - before.requests,
        after.etcd_writes - before.etcd_writes,
        after.etcd_bytes - before.etcd_bytes,
    )


def _written_by_etcd() -> float:
    for name in PROC.glob("[0-9]*/comm"):
        try:
            if name.read_text().strip() == "etcd":
                text = (name.parent / "io").read_text()
                return float(text.partition("\nwrite_bytes: ")[2].split()[0])
        except OSError:
            continue
    return 0.0
