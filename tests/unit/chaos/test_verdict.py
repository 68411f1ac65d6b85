"""What counts as lost and as done twice."""

from dataclasses import replace
from typing import Any

import pytest

from chaos.verdict import Page, Seen, named_ever, why_doubled, why_lost

GOOD, MISSING = Page("/good"), Page("/status/404", "Failed")


def seen(page: Page = GOOD, visits: int = 1, **status: Any) -> Seen:
    """Return a request that ended well, changed."""
    whole = {"phase": page.phase, "run": 1, "attempts": [{"index": 1}], "outputs": [{"key": "a"}], **status}
    return Seen({"metadata": {"name": "shot"}, "status": whole}, page, visits)


@pytest.mark.parametrize(
    ("request_seen", "lost"),
    [
        pytest.param(seen(), None, id="stored"),
        pytest.param(seen(MISSING, outputs=[]), None, id="failed, as its page deserves"),
        pytest.param(seen(phase="Capturing"), "is Capturing, not Succeeded", id="never ended"),
        pytest.param(seen(phase="Failed"), "is Failed, not Succeeded", id="failed without reason"),
        pytest.param(seen(MISSING, phase="Succeeded"), "is Succeeded, not Failed", id="an error page for a picture"),
        pytest.param(seen(outputs=[]), "names no image", id="nothing to show"),
        pytest.param(Seen({"metadata": {"name": "shot"}}, GOOD, 0), "without a phase", id="never looked at"),
        pytest.param(replace(seen(), missing=frozenset("a")), "names what is not stored: a", id="not stored"),
    ],
)
def test_lost(request_seen: Seen, lost: str | None) -> None:
    why = why_lost(request_seen)
    assert why is None if lost is None else lost in (why or "")


TWICE = [{"index": 1, "reason": "PodLost"}, {"index": 2}]


@pytest.mark.parametrize(
    ("request_seen", "once", "doubled"),
    [
        pytest.param(seen(), True, None, id="one visit in one attempt"),
        pytest.param(seen(visits=0), True, None, id="its storage was away before it was visited"),
        pytest.param(seen(run=2), False, "has run 2", id="a second run"),
        pytest.param(seen(visits=2), False, "2 times in 1 attempts", id="two visits in one attempt"),
        pytest.param(seen(visits=2, attempts=TWICE), False, None, id="a pod was lost"),
        pytest.param(seen(visits=2, attempts=TWICE), True, "2 attempts: ['PodLost', None]", id="none could be lost"),
    ],
)
def test_doubled(request_seen: Seen, once: bool, doubled: str | None) -> None:
    why = why_doubled(request_seen, once=once)
    assert why is None if doubled is None else doubled in (why or "")


def test_what_was_ever_named_is_what_any_state_named() -> None:
    states: list[dict[str, Any]] = [
        {},
        {"status": {"uploads": [{"keys": ["a", "b"]}]}},
        {"status": {"outputs": [{"key": "c"}]}},
    ]
    assert named_ever(states) == {"a", "b", "c"}
