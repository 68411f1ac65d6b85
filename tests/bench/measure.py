"""What benchmarks share: flows that count the operator's API calls, its CPU time, and figures as Markdown."""

import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from e2e.kubectl import Kubectl, Object
from e2e.space import OPERATOR_NAMESPACE

SERVICE_ACCOUNT = "kubeshot-operator"
PREFIX = "kubeshot-bench-"
# After the system's own flows and before those of all service accounts.
FIRST_PRECEDENCE = 600
TICKS_PER_SECOND = 100


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of call that the operator makes."""

    name: str
    what: str
    group: str
    resource: str
    verbs: tuple[str, ...]


FLOWS = (
    Flow("status", "write a status", "kubeshot.dev", "screenshotrequests/status", ("patch",)),
    Flow("create", "create a pod", "", "pods", ("create",)),
    Flow("delete", "delete a pod", "", "pods", ("delete",)),
    Flow("events", "write an event", "", "events", ("create", "patch")),
    Flow("secrets", "read a Secret", "", "secrets", ("get",)),
    Flow("read", "get, list, open a watch", "*", "*", ("get", "list", "watch")),
    Flow("other", "anything else", "*", "*", ("*",)),
)


@contextmanager
def counted_calls(kubectl: Kubectl) -> Iterator[None]:
    """Let the API server count the operator's calls by kind, for as long as this lasts."""
    kubectl.apply(*(_flow_schema(flow, FIRST_PRECEDENCE + place) for place, flow in enumerate(FLOWS)))
    try:
        yield
    finally:
        kubectl.run("delete", "flowschema", *(PREFIX + flow.name for flow in FLOWS))


def calls(kubectl: Kubectl) -> dict[str, int]:
    """Return how many calls of each kind the operator has made so far."""
    counts = dict.fromkeys((flow.name for flow in FLOWS), 0)
    line = re.compile(rf'apiserver_flowcontrol_dispatched_requests_total{{flow_schema="{PREFIX}(\w+)",.*}} (\S+)')
    for name, value in line.findall(kubectl.raw("/metrics")):
        counts[name] += int(float(value))
    return counts


def cpu_seconds(kubectl: Kubectl) -> float:
    """Return the CPU time that the operator's Python has used since it started."""
    lines = _in_operator(kubectl, "cat /proc/[0-9]*/stat 2>/dev/null || true").splitlines()
    ticks = 0
    for line in lines:
        name, fields = line.split("(", 1)[1].rsplit(")", 1)
        if name.startswith("python"):
            # Fields 14 and 15 of proc_pid_stat(5), counted from the one after the name.
            user, system = fields.split()[11:13]
            ticks += int(user) + int(system)
    return ticks / TICKS_PER_SECOND


def peak_memory_mib(kubectl: Kubectl) -> float:
    """Return the peak of the operator's resident set, in MiB."""
    text = _in_operator(kubectl, "cat /proc/[0-9]*/status 2>/dev/null || true")
    peaks = re.findall(r"Name:\s+python.*?VmHWM:\s+(\d+) kB", text, re.DOTALL)
    return max(int(peak) for peak in peaks) / 1024


def image_sizes(kubectl: Kubectl) -> dict[str, float]:
    """Return the size in MB of each of our images, as the nodes tell it."""
    return {
        name: image["sizeBytes"] / 1e6
        for node in kubectl.items("nodes")
        for image in node["status"]["images"]
        for name in image["names"] or ()
        if "kubeshot/" in name and "@" not in name
    }


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; all columns but the first are numbers."""
    names = list(head)
    lines = [names, ["---", *("---:" for _ in names[1:])], *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def median(values: Iterable[float]) -> float:
    """Return the median, 0 of nothing."""
    return statistics.median(list(values) or [0.0])


def percentile_95(values: Iterable[float]) -> float:
    """Return the smallest value that at least 95 % of the values do not exceed."""
    ordered = sorted(values)
    return ordered[-(-95 * len(ordered) // 100) - 1]


def differences(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return what was added to each count."""
    return {name: after[name] - before[name] for name in after}


def _in_operator(kubectl: Kubectl, script: str) -> str:
    return kubectl.run("exec", "-n", OPERATOR_NAMESPACE, "deployment/kubeshot-operator", "--", "sh", "-c", script)


def _flow_schema(flow: Flow, precedence: int) -> Object:
    subject = {
        "kind": "ServiceAccount",
        "serviceAccount": {"name": SERVICE_ACCOUNT, "namespace": OPERATOR_NAMESPACE},
    }
    rule = {
        "apiGroups": [flow.group],
        "resources": [flow.resource],
        "verbs": list(flow.verbs),
        "namespaces": ["*"],
        "clusterScope": True,
    }
    return {
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1",
        "kind": "FlowSchema",
        "metadata": {"name": PREFIX + flow.name},
        "spec": {
            "matchingPrecedence": precedence,
            "priorityLevelConfiguration": {"name": "workload-low"},
            "rules": [{"subjects": [subject], "resourceRules": [rule]}],
        },
    }
