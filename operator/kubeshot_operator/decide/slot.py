"""What a request waits for as the line knows it, and the slot that it gets for a pod."""

from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.limits import Share, host_of
from kubeshot_operator.decide.admission import Admission, Held
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.observation import Observation, Slot, SlotGranted, SlotHeld
from kubeshot_operator.decide.run import current_run
from kubeshot_operator.decide.tally import Load


def waiter_of(seen: Observation, capture_class: CaptureClass, want: Want) -> Waiter:
    """Return a request as one that waits. A warm pod is for whoever is first when it is up: it has no host."""
    request, spec = seen.request, seen.request.spec
    assert spec is not None, "only a request that can be read waits for its turn"
    host = host_of(spec.page) if want.is_capture else ""
    share = Share(capture_class.name, request.key.namespace, host)
    return Waiter(request.key, share, want, spec.priority, current_run(seen).queued_time or seen.now)


def ask_for_slot(admission: Admission, waiter: Waiter, load: Load) -> Slot:
    """Return whether a pod may be created for a request now."""
    granted = admission.ask(waiter, load)
    if not isinstance(granted, Held):
        return SlotGranted()
    assert granted.limit is not None, "a pod is held up by a limit"
    return SlotHeld(granted.limit, f"{granted.described}; place {granted.place} in the queue")
