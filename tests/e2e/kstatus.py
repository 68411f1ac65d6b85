"""What GitOps tools read from a status, and what must never be seen in one."""

from e2e.kubectl import Object, condition

UNSEEN = -1


def compute(body: Object) -> str:
    """Return what tools make of an object by its generic conditions, as kstatus does.

    After `checkGenericProperties` and `checkReadyCondition` of sigs.k8s.io/cli-utils/pkg/kstatus/status.
    """
    if "deletionTimestamp" in body["metadata"]:
        return "Terminating"
    observed = body.get("status", {}).get("observedGeneration")
    if observed is not None and observed != body["metadata"]["generation"]:
        return "InProgress"
    if _holds(body, "Reconciling"):
        return "InProgress"
    if _holds(body, "Stalled"):
        return "Failed"
    return "Current" if condition(body, "Ready") is None or _holds(body, "Ready") else "InProgress"


def meant(body: Object) -> str:
    """Return what tools should make of a request."""
    status = body["status"]
    if "deletionTimestamp" in body["metadata"]:
        return "Terminating"
    if status["observedGeneration"] != body["metadata"]["generation"]:
        return "InProgress"
    return {"Succeeded": "Current", "Failed": "Failed"}.get(status["phase"], "InProgress")


def contradictions(body: Object) -> list[str]:
    """Return what is wrong with one observed state of a request; empty when nothing is."""
    if compute(body) != meant(body):
        return [f"kstatus makes {compute(body)} of it, and it is {meant(body)}"]
    status = body["status"]
    if status["observedGeneration"] == UNSEEN and "deletionTimestamp" in body["metadata"]:
        # All that may be said of it is what keeps it.
        return []
    if status["observedGeneration"] == UNSEEN:
        return [] if set(status) == {"observedGeneration"} else ["an unseen request has a status"]
    missing = [kind for kind in ("Ready", "Reconciling", "Stalled") if condition(body, kind) is None]
    if missing:
        return [f"condition {kind} is missing" for kind in missing]
    return [*_of_conditions(body), *_of_generations(body), *_of_outputs(body)]


def _holds(body: Object, kind: str) -> bool:
    found = condition(body, kind)
    return found is not None and found["status"] == "True"


def _of_conditions(body: Object) -> list[str]:
    ready, reconciling, stalled = (_holds(body, kind) for kind in ("Ready", "Reconciling", "Stalled"))
    phase = body["status"].get("phase")
    expected = {
        "Queued": (False, True, False),
        "Starting": (False, True, False),
        "Capturing": (False, True, False),
        "Succeeded": (True, False, False),
        "Failed": (False, False, True),
        "Suspended": (False, False, False),
    }[phase]
    if (ready, reconciling, stalled) != expected:
        return [f"phase {phase} with Ready, Reconciling, Stalled = {ready}, {reconciling}, {stalled}"]
    return []


def _of_generations(body: Object) -> list[str]:
    observed = body["status"]["observedGeneration"]
    wrong = [item["type"] for item in body["status"]["conditions"] if item["type"] != "Settled"]
    told = {kind: found.get("observedGeneration") for kind in wrong if (found := condition(body, kind))}
    problems = [
        f"{kind} is of generation {seen}, the status of {observed}" for kind, seen in told.items() if seen != observed
    ]
    if observed > body["metadata"]["generation"]:
        problems.append("the status is of a generation that is yet to come")
    return problems


def _of_outputs(body: Object) -> list[str]:
    status = body["status"]
    if not _holds(body, "Ready"):
        return []
    outputs = status.get("outputs", [])
    asked = [output["name"] for output in body["spec"]["outputs"]]
    # A spec that changed a moment ago is told apart by its generation.
    is_current = status["observedGeneration"] == body["metadata"]["generation"]
    problems = []
    if is_current and [output["name"] for output in outputs] != asked:
        problems.append(f"Ready with outputs {outputs}, asked for {asked}")
    if not outputs or status.get("storageKey") != outputs[0]["key"]:
        problems.append(f"Ready with storageKey {status.get('storageKey')}")
    if any(f"/{status['run']}/" not in output["key"] for output in outputs):
        problems.append("Ready with images of another run")
    return problems
