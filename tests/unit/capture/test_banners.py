"""When a cookie banner is waited for, and what is told of it."""

import pytest

from kubeshot_capture.banners import OPENING_SECONDS, SEARCHING_SECONDS, Banners
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.options import Consent
from unit.capture.clock import FakeClock

FRAME = "a frame"


def told(*steps: str, consent: Consent = Consent.DECLINE) -> tuple[Banners, FakeClock, list[str]]:
    """Return banners that were told of these steps of one consent manager."""
    clock, notes = FakeClock(), list[str]()
    banners = Banners(clock, notes.append)
    for step in steps:
        banners.told(FRAME, consent, {"progress": step, "manager": "Onetrust"})
    return banners, clock, notes


@pytest.mark.parametrize(
    ("steps", "pending"),
    [
        ((), False),
        (("detected",), True),
        (("detected", "open"), True),
        (("detected", "open", "answered"), False),
        (("detected", "hidden"), False),
        (("detected", "open", "failed"), False),
    ],
    ids=lambda steps: " ".join(steps) if isinstance(steps, tuple) else "",
)
def test_a_banner_is_pending_until_it_has_its_answer(steps: tuple[str, ...], pending: bool) -> None:
    assert told(*steps)[0].pending is pending


def test_a_manager_that_opens_nothing_is_not_waited_for() -> None:
    banners, clock, _ = told("detected")
    clock.now += OPENING_SECONDS
    assert not banners.pending


def test_an_open_banner_is_pending_however_long_it_takes() -> None:
    banners, clock, _ = told("detected", "open")
    clock.now += 60
    assert banners.pending


@pytest.mark.parametrize(
    ("last", "consent", "note"),
    [
        ("answered", Consent.DECLINE, "the cookie banner of Onetrust was declined"),
        ("answered", Consent.ACCEPT, "the cookie banner of Onetrust was accepted"),
        ("hidden", Consent.HIDE, "the cookie banner of Onetrust was hidden"),
        ("hidden", Consent.DECLINE, "the cookie banner of Onetrust was hidden"),
        ("failed", Consent.DECLINE, "the cookie banner of Onetrust could not be answered"),
    ],
)
def test_what_was_done_is_told(last: str, consent: Consent, note: str) -> None:
    banners, _, notes = told("detected", "open", last, consent=consent)
    assert notes == [note]
    assert banners.changes == (0 if last == "failed" else 1)


def test_the_first_look_is_waited_for_a_moment() -> None:
    banners, clock, _ = told()
    assert not banners.unknown
    banners.searching(FRAME)
    assert banners.unknown
    clock.now += SEARCHING_SECONDS
    assert not banners.unknown


@pytest.mark.parametrize("end", ["searched", "left"])
def test_the_first_look_ends(end: str) -> None:
    banners, _, _ = told()
    banners.searching(FRAME)
    getattr(banners, end)(FRAME)
    assert not banners.unknown


@pytest.mark.parametrize("event", ["searching", "left"])
def test_a_banner_of_a_document_that_is_gone_is_not_waited_for(event: str) -> None:
    banners, _, _ = told("open")
    getattr(banners, event)(FRAME)
    assert not banners.pending


@pytest.mark.parametrize("message", ["open", {"progress": "open"}, {"progress": "shut", "manager": "x"}])
def test_a_page_cannot_tell_anything_else(message: object) -> None:
    banners, _, notes = told()
    with pytest.raises(MalformedMessageError):
        banners.told(FRAME, Consent.DECLINE, message)
    assert not banners.pending
    assert notes == []
