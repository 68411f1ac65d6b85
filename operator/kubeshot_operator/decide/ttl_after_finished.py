"""When a request that is over is deleted, and when it is kept all the same."""

from kubeshot_operator.api.keeper import Keeper, KeeperKind
from kubeshot_operator.api.model import Status
from kubeshot_operator.api.scalars import format_duration
from kubeshot_operator.decide.decision import Decision
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.decide.status import Writer


def expire(seen: Observation, status: Status) -> Decision:
    """Return what becomes of a request whose run is over: it stays, for a while or for good, or is deleted."""
    spec, finished = seen.request.spec, status.completion_time
    if spec is None or spec.ttl_after_finished is None or finished is None:
        return Decision()
    due = finished + spec.ttl_after_finished
    if seen.now < due:
        return Decision(wake_at=due)
    if seen.request.keeper is None:
        return Decision(remove=True)
    passed = f"spec.ttlAfterFinished of {format_duration(spec.ttl_after_finished)} passed"
    message = f"{passed}, but {_why_kept(seen.request.keeper)}"
    kept = Writer(seen.request.generation, seen.now).kept(status, seen.request.keeper.kind, message)
    return Decision(None if kept == status else kept)


def _why_kept(keeper: Keeper) -> str:
    if keeper.kind is KeeperKind.OWNER:
        return f"the request belongs to {keeper.name}, whose business its end is"
    return (
        f"{keeper.name} would create the request again, for another capture each time: remove it there, or leave "
        "ttlAfterFinished out"
    )
