"""How actions are named, and why Playwright could not do one."""

import pytest

from kubeshot_capture.stages.actions import describe, hindrance_in
from kubeshot_contract.actions import (
    Action,
    Click,
    Evaluate,
    Hover,
    Pause,
    Press,
    ScrollIntoView,
    ScrollTo,
    Select,
    Type,
    WaitForExpression,
    WaitForSelector,
)

NAMES: list[tuple[Action, str]] = [
    (Click("#a"), "click #a"),
    (Type("#a", "text"), "type into #a"),
    (Press("Enter"), "press Enter"),
    (Hover("#a"), "hover #a"),
    (Select("#a", "de"), "select de in #a"),
    (ScrollTo(0, 600), "scroll to 0, 600"),
    (ScrollIntoView("#a"), "scroll to #a"),
    (WaitForSelector("#a"), "wait for #a"),
    (WaitForExpression("ready"), "wait until ready"),
    (Pause(500), "wait 500 ms"),
    (Evaluate("x()"), "evaluate"),
]


@pytest.mark.parametrize(("action", "name"), NAMES, ids=[name for _, name in NAMES])
def test_every_action_has_a_name(action: Action, name: str) -> None:
    assert describe(action) == name


LOG = """Locator.click: Timeout 5000ms exceeded.
Call log:
  - waiting for locator("css=#a").first
    - locator resolved to <button id="a">A</button>
  - attempting click action
    2 x waiting for element to be visible, enabled and stable
      - {0}
    - retrying click action
"""

MESSAGES = {
    "not there": ('Timeout 5000ms exceeded.\nCall log:\n  - waiting for locator("css=#a").first', "no element matches"),
    "hidden": (LOG.format("element is not visible"), "it is not visible"),
    "covered": (LOG.format("<div></div> intercepts pointer events"), "another element is over it"),
    "another reason": (LOG.format("something new"), "it did not react"),
    "no timeout": ('Keyboard.press: Unknown key: "Foo"\n  at x', 'Unknown key: "Foo"'),
    "an error of the page": ("Locator.fill: Error: Element is not an <input>\nCall log:", "Element is not an <input>"),
}


@pytest.mark.parametrize(("message", "words"), MESSAGES.values(), ids=MESSAGES)
def test_the_reason_is_one_sentence(message: str, words: str) -> None:
    assert hindrance_in(message) == words
