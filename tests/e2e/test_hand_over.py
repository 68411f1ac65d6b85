"""Two operators: one is upgraded or killed amid requests, the other goes on, and all of them are captured once."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from e2e.bucket import Storage
from e2e.classes import MakeClass
from e2e.eventually import eventually
from e2e.flow import Flow
from e2e.groups import find_groups
from e2e.kubectl import Kubectl
from e2e.leaders import Leaders
from e2e.operators import leader, process_of
from e2e.replicas import replicas_of, scale
from e2e.sizes import Sizes
from e2e.space import OPERATOR_NAMESPACE, Space
from e2e.warm import warm
from e2e.website import Website

pytestmark = pytest.mark.alone

DEPLOYMENT = "deployment/kubeshot-operator"
# Others wait 10 s for the Lease of one that died, and look once a second; the rest is the machine's.
LONGEST_PAUSE = 20.0
MANY = 20


@pytest.fixture(scope="module")
def two_operators(kubectl: Kubectl) -> Iterator[None]:
    """Two replicas, as in the base; the demo has one."""
    before = replicas_of(kubectl)
    scale(kubectl, 2)
    yield
    scale(kubectl, before)


@pytest.fixture
def flow(two_operators: None, space: Space, site: Website, make_class: MakeClass, sizes: Sizes) -> Flow:
    """Requests of both kinds, of which some have ended."""
    made = Flow(space, site, ("default", make_class(warm())), sizes.deadline)
    made.apply(MANY)
    made.go_on(lambda: made.ended() >= 3, within=90, what="some have ended")
    return made


@pytest.fixture
def leaders(kubectl: Kubectl) -> Iterator[Leaders]:
    """Whoever leads from now on."""
    watched = Leaders(kubectl)
    eventually(watched.holders, within=20, what="somebody holds the Lease")
    yield watched
    watched.close()


def test_rolling_upgrade_captures_everything_once(
    kubectl: Kubectl, flow: Flow, leaders: Leaders, storage: Storage, sizes: Sizes
) -> None:
    before = leaders.look().keys()
    kubectl.run("rollout", "restart", DEPLOYMENT, "-n", OPERATOR_NAMESPACE)

    def upgraded() -> bool:
        said = leaders.look()
        return len(said) == 2 and not said.keys() & before and any(said.values())

    flow.go_on(upgraded, within=120, what="all operators are new, and one of them leads", fill=10)
    flow.finish(sizes.seconds)
    flow.ends_well(storage)
    print(f"{len(flow.pages)} requests over a rolling upgrade: longest pause {flow.longest_pause:.1f} s")
    assert flow.longest_pause < LONGEST_PAUSE
    one_at_a_time(leaders)


def test_leader_that_is_killed_is_followed_within_seconds(
    kubectl: Kubectl, flow: Flow, leaders: Leaders, storage: Storage, sizes: Sizes
) -> None:
    pod = leader(kubectl)
    name = pod["metadata"]["name"]
    others = leaders.look().keys() - {name}
    in_flight = len(flow.pages) - flow.ended()
    os.kill(process_of(find_groups(), pod), signal.SIGKILL)
    killed = time.monotonic()

    def followed() -> bool:
        said = leaders.look()
        return any(said[other] for other in others)

    flow.go_on(followed, within=LONGEST_PAUSE, what="another one leads")
    took = time.monotonic() - killed
    flow.finish(sizes.seconds)
    flow.ends_well(storage)
    print(f"killed with {in_flight} in flight: led after {took:.1f} s, longest pause {flow.longest_pause:.1f} s")
    assert flow.longest_pause < LONGEST_PAUSE
    one_at_a_time(leaders)


def one_at_a_time(leaders: Leaders) -> None:
    """Check that the Lease went from hand to hand and never back, and that no two led at the same time."""
    held, transitions = leaders.holders(), leaders.transitions()
    assert len(held) >= 2, "it was handed over"
    assert len(set(held)) == len(held), f"it came back to one that had lost it: {held}"
    assert transitions == sorted(transitions)
    assert leaders.together() == set()
    assert len(leaders.that_led()) >= 2
