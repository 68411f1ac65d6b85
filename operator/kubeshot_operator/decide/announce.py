"""Which Events a change of status is worth: transitions only, so that nobody's event list fills up."""

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.announcement import Announcement, EventType
from kubeshot_operator.api.crd import ConditionType, Phase
from kubeshot_operator.api.keeper import KeeperKind
from kubeshot_operator.api.model import Attempt, Status


def announce(before: Status, after: Status) -> tuple[Announcement, ...]:
    """Return the Events that this change of status calls for, in order."""
    ended = before.attempts if before.run == after.run else ()
    known = {attempt.index: attempt for attempt in ended}
    from_attempts = tuple(
        found for attempt in after.attempts for found in _of_attempt(known.get(attempt.index), attempt)
    )
    return from_attempts + _of_phase(before, after) + _of_keeping(before, after)


def _of_attempt(before: Attempt | None, after: Attempt) -> tuple[Announcement, ...]:
    if before is None and after.end_time is None and after.memory_limit is not None:
        limit = f"{after.memory_limit // 2**20} MiB"
        message = f"attempt {after.index}: created pod {after.pod_name} with {limit}"
        return (Announcement(EventType.NORMAL, "Created", message),)
    was_open = before is None or before.end_time is None
    if was_open and after.end_time is not None and after.reason is not None:
        message = f"attempt {after.index} failed: {after.message}"
        return (Announcement(EventType.WARNING, after.reason, message),)
    return ()


def _of_keeping(before: Status, after: Status) -> tuple[Announcement, ...]:
    kept, was = after.condition(ConditionType.KEPT), before.condition(ConditionType.KEPT)
    if kept is None or (was is not None and was.reason == kept.reason):
        return ()
    is_well = kept.reason in set(KeeperKind)
    return (Announcement(EventType.NORMAL if is_well else EventType.WARNING, ConditionType.KEPT, kept.message),)


def _of_phase(before: Status, after: Status) -> tuple[Announcement, ...]:
    ready, was = after.condition(ConditionType.READY), before.condition(ConditionType.READY)
    if ready is None or (was is not None and (was.reason, before.run) == (ready.reason, after.run)):
        return ()
    if after.phase is Phase.SUCCEEDED:
        return (Announcement(EventType.NORMAL, "Captured", f"{ready.message}: {after.storage_key}"),)
    if after.phase is Phase.FAILED:
        return (Announcement(EventType.WARNING, "Failed", f"{ready.reason}: {ready.message}"),)
    if after.phase is Phase.SUSPENDED:
        return (Announcement(EventType.NORMAL, ready.reason, ready.message),)
    is_held = ready.reason in set(Reason) and not (after.attempts and after.attempts[-1].reason == ready.reason)
    return (Announcement(EventType.WARNING, ready.reason, ready.message),) if is_held else ()
