"""What a replica does about the Lease: a table of what it has seen, and what follows."""

from dataclasses import replace

import pytest

from kubeshot_operator.api.lease import Lease, UnreadableLeaseError, parse_lease, render_lease
from kubeshot_operator.decide.leadership import (
    Candidate,
    Lost,
    Sight,
    Step,
    Terms,
    Wait,
    Write,
    leads_until,
    next_step,
    released,
    see,
    written,
)
from unit.operator.builders import NOW, after

TERMS = Terms()
MINE = Lease("me", 10, 3, acquired=NOW, renewed=NOW, version="7")
OTHERS = replace(MINE, holder="other")
FREE = replace(MINE, holder="", seconds=1)


def standby(lease: Lease | None, since: float = 100.0) -> Candidate:
    """Return a replica that stands by, and has seen this Lease since then."""
    return Candidate("me", Sight(lease, since))


def leader(lease: Lease = MINE, wrote_at: float = 100.0) -> Candidate:
    """Return a replica that leads by a write that began then."""
    return Candidate("me", Sight(lease, wrote_at), wrote_at)


def taken(lease: Lease, transitions: int) -> Write:
    """Return the write by which this replica takes a Lease over at 12:00:30."""
    return Write(
        replace(lease, holder="me", seconds=10, transitions=transitions, acquired=after(30), renewed=after(30))
    )


STEPS = [
    pytest.param(standby(None), 100.0, Write(Lease("me", 10, 0, after(30), after(30))), id="none was ever: create it"),
    pytest.param(standby(FREE), 100.0, taken(FREE, 4), id="released: take it at once"),
    pytest.param(standby(OTHERS), 100.0, Wait(101.0), id="held: look again in a second"),
    pytest.param(standby(OTHERS), 109.5, Wait(110.0), id="held, soon over: look again just then"),
    pytest.param(standby(OTHERS), 110.0, taken(OTHERS, 4), id="not renewed for its duration: take it"),
    pytest.param(standby(replace(OTHERS, seconds=60)), 110.0, Wait(111.0), id="its holder promised to be slower"),
    pytest.param(standby(replace(OTHERS, seconds=0)), 109.5, Wait(110.0), id="says no duration: ours"),
    pytest.param(
        standby(replace(OTHERS, renewed=after(-90_000))), 100.0, Wait(101.0), id="its clock is a day slow: no matter"
    ),
    pytest.param(
        standby(replace(OTHERS, renewed=after(90_000))),
        110.0,
        taken(OTHERS, 4),
        id="its clock is a day fast: no matter",
    ),
    pytest.param(
        standby(replace(OTHERS, version=""), 105.0), 110.0, Wait(111.0), id="deleted: its holder may not know yet"
    ),
    pytest.param(
        standby(replace(FREE, version=""), 105.0), 110.0, Wait(111.0), id="deleted: another may have taken it"
    ),
    pytest.param(
        standby(replace(OTHERS, version=""), 105.0),
        115.0,
        taken(replace(OTHERS, version=""), 4),
        id="deleted, and its holder has ended by now: create it",
    ),
    pytest.param(
        standby(MINE), 100.0, Write(replace(MINE, renewed=after(30))), id="taken, without hearing of it: lead by it"
    ),
    pytest.param(leader(), 101.9, Wait(102.0), id="leads: wait for the time to renew"),
    pytest.param(leader(), 102.0, Write(replace(MINE, renewed=after(30))), id="leads: renew"),
    pytest.param(leader(), 106.9, Write(replace(MINE, renewed=after(30))), id="leads still: renew"),
    pytest.param(leader(), 107.0, Lost("the Lease could not be renewed for 7.0s"), id="not renewed for too long"),
    pytest.param(leader(OTHERS), 101.0, Lost("other holds the Lease now"), id="taken by another"),
    pytest.param(leader(FREE), 101.0, Lost("nobody holds the Lease now"), id="taken away by hand"),
    pytest.param(
        leader(replace(MINE, version="")),
        102.0,
        Write(replace(MINE, version="", renewed=after(30))),
        id="deleted while it led: create it",
    ),
]


@pytest.mark.parametrize(("me", "now", "step"), STEPS)
def test_next_step(me: Candidate, now: float, step: Step) -> None:
    assert next_step(me, TERMS, now, after(30)) == step


LOOKS = [
    pytest.param(standby(None), OTHERS, OTHERS, 200.0, id="the first look"),
    pytest.param(standby(OTHERS), OTHERS, OTHERS, 100.0, id="nothing new"),
    pytest.param(
        standby(OTHERS), replace(OTHERS, renewed=after(2)), replace(OTHERS, renewed=after(2)), 200.0, id="new"
    ),
    pytest.param(
        standby(OTHERS),
        replace(OTHERS, version="8"),
        replace(OTHERS, version="8"),
        100.0,
        id="somebody put a label on it",
    ),
    pytest.param(standby(OTHERS), None, replace(OTHERS, version=""), 200.0, id="deleted"),
    pytest.param(standby(replace(OTHERS, version="")), None, replace(OTHERS, version=""), 100.0, id="deleted before"),
    pytest.param(
        standby(FREE), None, replace(FREE, version=""), 200.0, id="deleted, and nobody held it when it was seen"
    ),
]


@pytest.mark.parametrize(("me", "found", "seen", "since"), LOOKS)
def test_see(me: Candidate, found: Lease | None, seen: Lease | None, since: float) -> None:
    assert see(me, found, 200.0).sight == Sight(seen, since)


def test_leader_counts_from_before_its_write() -> None:
    me = written(standby(None), MINE, began=100.0, now=104.0)
    assert leads_until(me, TERMS) == 107.0
    assert leads_until(standby(MINE), TERMS) is None


def test_leader_gives_up_before_others_may_take_over() -> None:
    assert TERMS.deadline * 1.1 < TERMS.duration * 0.9
    assert TERMS.renew_every * 2 < TERMS.deadline, "one call that fails is no reason to end"


@pytest.mark.parametrize(
    ("me", "lease"),
    [
        pytest.param(leader(), replace(MINE, holder="", seconds=1, renewed=after(30)), id="leads"),
        pytest.param(standby(OTHERS), None, id="stands by"),
        pytest.param(standby(MINE), None, id="holds it without knowing that it leads"),
        pytest.param(leader(OTHERS), None, id="was outrun"),
    ],
)
def test_released(me: Candidate, lease: Lease | None) -> None:
    assert released(me, after(30)) == lease


def test_lease_is_written_as_it_is_read() -> None:
    body = render_lease(MINE, "kubeshot-system")
    assert body["spec"]["renewTime"] == "2026-01-01T12:00:00.000000Z"
    assert parse_lease(body) == MINE
    assert "resourceVersion" not in render_lease(replace(MINE, version=""), "kubeshot-system")["metadata"]


@pytest.mark.parametrize(
    ("spec", "told"),
    [({}, None), ({"holderIdentity": "me", "renewTime": "soon"}, "soon"), ({"leaseTransitions": "many"}, "many")],
    ids=["empty", "a time that is none", "a number that is none"],
)
def test_lease_that_somebody_else_wrote(spec: dict[str, str], told: str | None) -> None:
    body = {"metadata": {"resourceVersion": "1"}, "spec": spec}
    if told is None:
        assert parse_lease(body) == Lease("", 0, 0, None, None, "1")
    else:
        with pytest.raises(UnreadableLeaseError, match=told):
            parse_lease(body)
