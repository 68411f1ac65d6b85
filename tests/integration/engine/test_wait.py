"""What the request waits for is waited for, in one budget; what doesn't come is named."""

import pytest

from integration.engine.opened import OnPage, Opened, within
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages import wait
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome
from unit.contract.make import make_spec

SECONDS = 20.0

LATE = """<!doctype html><title>early</title><p id="now" hidden>Here</p><script>
  setTimeout(() => { document.title = 'late'; now.hidden = false; window.ready = {deep: {yes: true}}; }, 500);
</script>"""


def waited(
    on_page: OnPage, rule: dict[str, str], page: str = LATE, seconds: float = SECONDS
) -> tuple[Outcome, str, list[str]]:
    """Return how waiting ended, the page's title then, and the notes."""

    async def work(opened: Opened) -> tuple[Outcome, str, list[str]]:
        outcome = await wait.run(opened.tab, make_spec(wait=rule).wait, within(seconds))
        return outcome, await opened.title(), opened.notes

    return on_page(page, work)


@pytest.mark.parametrize(
    "rule",
    [
        {"selector": "#now"},
        {"expression": "ready.deep.yes"},
        {"expression": "document.title === 'late'  // and only then"},
        {"expression": "() => window.ready"},
        {"expression": "new Promise(done => setTimeout(done, 600, true))"},
        {"delay": "700ms"},
    ],
    ids=["a hidden element", "an expression that throws at first", "a comment", "a function", "a promise", "a delay"],
)
def test_what_comes_late_is_waited_for(on_page: OnPage, rule: dict[str, str]) -> None:
    assert waited(on_page, rule) == (Outcome.SETTLED, "late", [])


def test_nothing_is_waited_for_without_a_rule(on_page: OnPage) -> None:
    assert waited(on_page, {}) == (Outcome.SKIPPED, "early", [])


def test_any_match_of_a_selector_may_be_the_visible_one(on_page: OnPage) -> None:
    page = "<title>x</title><i hidden>one</i><i>two</i>"
    assert waited(on_page, {"selector": "i"}, page)[0] is Outcome.SETTLED


MISSED = {
    "a selector": ({"selector": "#never"}, Reason.SELECTOR_NOT_FOUND, "nothing that #never matches was visible within"),
    "an expression": ({"expression": "window.never"}, Reason.NOT_SETTLED, "window.never was not true within"),
    "an error": ({"expression": "never.ever"}, Reason.NOT_SETTLED, "ReferenceError: never is not defined"),
    "no expression": ({"expression": "if ("}, Reason.NOT_SETTLED, "SyntaxError"),
    "a delay": ({"delay": "60s"}, Reason.NOT_SETTLED, "wait.delay: of 60 s only"),
    "the second of two": ({"selector": "p", "expression": "false"}, Reason.NOT_SETTLED, "wait.expression: false"),
}
SHORT = "<title>x</title><p>Here</p>"


@pytest.mark.parametrize(("rule", "reason", "words"), MISSED.values(), ids=MISSED)
def test_what_never_comes_is_named(on_page: OnPage, rule: dict[str, str], reason: Reason, words: str) -> None:
    outcome, _, notes = waited(on_page, rule, SHORT, seconds=1.0)
    assert outcome is Outcome.TIMED_OUT
    assert len(notes) == 1
    assert words in notes[0]

    with pytest.raises(CaptureError) as caught:
        waited(on_page, {**rule, "onTimeout": "Fail"}, SHORT, seconds=1.0)
    assert caught.value.reason is reason
    assert words in str(caught.value)


def test_what_the_page_said_is_kept_when_the_last_question_has_no_answer(on_page: OnPage) -> None:
    rule = {"expression": "(() => { while (window.asked); window.asked = true; never.ever; })()"}

    async def work(opened: Opened) -> list[str]:
        await wait.run(opened.tab, make_spec(wait=rule).wait, within(1.0))
        return opened.notes

    assert "ReferenceError: never is not defined" in on_page(SHORT, work)[0]


def test_a_page_that_never_answers_does_not_hold_the_wait(on_page: OnPage) -> None:
    async def work(opened: Opened) -> Outcome:
        await opened.page.evaluate("() => { setTimeout(() => { while (true); }, 0); }")
        return await wait.run(opened.tab, make_spec(wait={"expression": "true"}).wait, within(1.0))

    assert on_page(SHORT, work) is Outcome.TIMED_OUT


@pytest.mark.parametrize("selector", ["p {", "text=Here", "//p"])
def test_what_is_no_selector_is_refused(on_page: OnPage, selector: str) -> None:
    with pytest.raises(CaptureError) as caught:
        waited(on_page, {"selector": selector}, SHORT)
    assert caught.value.reason is Reason.INVALID_REQUEST
    assert str(caught.value) == f"{selector} is not a CSS selector"
