"""Whether an attempt may share a warm pod with others, or has to have a pod of its own."""

from kubeshot_contract.reasons import Reason
from kubeshot_contract.secret_values import mounted_config_map, mounted_secret, secret_variables
from kubeshot_contract.spec import CaptureSpec
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.crd import ReuseMode
from kubeshot_operator.api.model import Attempt, Status

# After these a page gets a pod of its own: it may be what harms those that share a pod with it.
_HARMFUL = frozenset({Reason.OUT_OF_MEMORY, Reason.RENDERER_CRASHED, Reason.DEADLINE_EXCEEDED, Reason.INTERNAL_ERROR})
# Pods are lost for reasons of the cluster too, but rarely so often to the same request.
_MANY_LOSSES = 2


def may_share(capture_class: CaptureClass, page: CaptureSpec, status: Status) -> bool:
    """Say whether the next attempt of this run may be claimed by a warm pod."""
    if capture_class.reuse.mode is ReuseMode.NEVER or _is_supplied(page):
        return False
    if any(_did_harm(attempt) for attempt in status.attempts):
        return False
    return sum(attempt.is_claim and attempt.reason is Reason.POD_LOST for attempt in status.attempts) < _MANY_LOSSES


def _is_supplied(page: CaptureSpec) -> bool:
    """Say whether the kubelet has to supply something: what it supplies, every capture in the pod could read."""
    return bool(secret_variables(page)) or mounted_secret(page) is not None or mounted_config_map(page) is not None


def _did_harm(attempt: Attempt) -> bool:
    # A shared pod that died of itself, and was not taken away, has an exit code.
    died = attempt.reason is Reason.POD_LOST and bool(attempt.exit_code)
    return attempt.reason in _HARMFUL or (attempt.is_claim and died)
