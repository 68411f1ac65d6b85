"""What a request waits for is said in the words of whoever holds it up, once; and it goes on when that is over."""

from uuid import uuid4

import pytest

from e2e.classes import MakeClass
from e2e.eventually import eventually
from e2e.kubectl import Object
from e2e.space import Shot, Space
from e2e.website import Website

pytestmark = pytest.mark.alone

# Four writes at most, and before them what the API server makes of an object without a status.
MOST_STATES = 5


def reasons(shot: Shot) -> list[str]:
    """Return the reason of each state that was seen of a request."""
    told = [body["status"].get("conditions", ()) for body in shot.space.states(shot.name)]
    return [conditions[0]["reason"] for conditions in told if conditions]


@pytest.fixture
def quota(space: Space) -> Object:
    """A quota in the namespace that allows no pods."""
    spec = {"hard": {"pods": "0"}}
    metadata = {"name": "none", "namespace": space.namespace}
    made = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": spec}
    space.kubectl.apply(made)

    def counts() -> bool:
        return "hard" in space.kubectl.get("resourcequota", "none", "-n", space.namespace).get("status", {})

    eventually(counts, within=20, what="the quota counts")
    return made


def test_full_quota_is_waited_for_in_its_own_words(space: Space, site: Website, quota: Object) -> None:
    shots = space.requests({f"shot-{number}": {"url": site.url(f"/good?of=quota{number}")} for number in range(3)})
    for shot in shots.values():
        shot.until_reason("QuotaExceeded")
        assert shot.phase == "Queued"
        assert "exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0" in shot.message
    space.kubectl.run("delete", "resourcequota", "none", "-n", space.namespace)
    for shot in shots.values():
        shot.until("Succeeded", within=110)
        assert [attempt["index"] for attempt in shot.attempts] == [1], "waiting costs no attempt"
        assert reasons(shot).count("QuotaExceeded") <= 2, "it isn't said again at each try"


def test_pod_that_no_node_takes_is_kept_and_the_schedulers_sentence_told(
    space: Space, site: Website, make_class: MakeClass
) -> None:
    label = f"kubeshot.dev/e2e-{uuid4().hex[:8]}"
    nowhere = make_class(lambda spec: spec["pod"].update(nodeSelector={label: "yes"}))
    shot = space.request("stuck", site.url("/good?of=stuck"), captureClassName=nowhere, deadline="20s")
    shot.until_reason("Unschedulable")
    assert shot.phase == "Starting"
    assert "nodes are available" in shot.message
    shot.until("Failed", within=40)
    assert shot.reason == "QueueDeadlineExceeded"
    assert "nodes are available" in shot.message, "it says what it had waited for"
    shot.until_no_pod()
    assert len(space.pods_ever()) == 1, "it was never replaced"


def test_good_path_takes_at_most_four_writes(space: Space, site: Website) -> None:
    shots = space.requests({f"shot-{number}": {"url": site.url(f"/good?of=writes{number}")} for number in range(4)})
    for shot in shots.values():
        shot.until("Succeeded", within=90)
    for name, shot in shots.items():
        assert len(space.states(name)) <= MOST_STATES, reasons(shot)


def test_next_page_of_a_host_begins_with_the_memory_that_the_last_one_needed(
    space: Space, site: Website, make_class: MakeClass
) -> None:
    def with_little_memory(spec: Object) -> None:
        spec["pod"]["resources"] = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "384Mi"}}
        spec["pod"]["maxMemory"] = "1Gi"

    name = make_class(with_little_memory)
    options = {"captureClassName": name, "retry": {"limit": 0}}
    first = space.request("first", site.url("/memory?mib=240"), **options).until("Succeeded", within=90)
    assert [attempt["memoryLimit"] for attempt in first.attempts] == ["384Mi", "576Mi"]
    assert "peakMemory" in first.attempts[0]
    second = space.request("second", site.url("/good?of=memory"), **options).until("Succeeded", within=60)
    assert [attempt["memoryLimit"] for attempt in second.attempts] == ["576Mi"]
