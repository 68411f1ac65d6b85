"""The operator's pods: which of them leads, what it tells of itself, and its process on this machine."""

from prometheus_client.parser import text_string_to_metric_families

from e2e.eventually import eventually
from e2e.groups import PROC, PodGroups
from e2e.kubectl import Kubectl, KubectlError, Object
from e2e.space import OPERATOR, OPERATOR_NAMESPACE

PORT = 8080


def operators(kubectl: Kubectl) -> list[Object]:
    """Return the pods that are there."""
    return kubectl.items("pods", "-n", OPERATOR_NAMESPACE, "-l", OPERATOR)


def figures(kubectl: Kubectl, pod: str) -> dict[str, float]:
    """Return the figures without labels that a pod tells, none when it does not answer."""
    try:
        text = kubectl.raw(f"/api/v1/namespaces/{OPERATOR_NAMESPACE}/pods/{pod}:{PORT}/proxy/metrics")
    except KubectlError:
        return {}
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {sample.name: sample.value for sample in samples if not sample.labels}


def leads(kubectl: Kubectl, pod: str) -> bool:
    """Say whether a pod says that it leads."""
    return figures(kubectl, pod).get("kubeshot_leader") == 1.0


def leader(kubectl: Kubectl) -> Object:
    """Return the pod that leads, as soon as there is one."""

    def found() -> Object | None:
        return next((pod for pod in operators(kubectl) if leads(kubectl, pod["metadata"]["name"])), None)

    return eventually(found, within=60, what="an operator leads") or {}


def process_of(groups: PodGroups, pod: Object) -> int:
    """Return the process of an operator's pod, by its number on this machine."""
    group = groups.pods()[pod["metadata"]["uid"]]
    names = {pid: (PROC / str(pid) / "comm").read_text() for pid in groups.members(group)}
    [process] = [pid for pid, name in names.items() if name.startswith("python")]
    return process
