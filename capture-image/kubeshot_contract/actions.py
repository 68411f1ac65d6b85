"""What can be done on a page before its picture: one small value each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Click:
    """Click the first element that the selector matches."""

    selector: str


@dataclass(frozen=True, slots=True)
class Type:
    """Fill a field with a text."""

    selector: str
    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """Press a key, by Playwright's name for it: `Enter`, `Control+A`."""

    key: str


@dataclass(frozen=True, slots=True)
class Hover:
    """Move the pointer onto an element."""

    selector: str


@dataclass(frozen=True, slots=True)
class Select:
    """Choose the option with this value."""

    selector: str
    value: str


@dataclass(frozen=True, slots=True)
class ScrollTo:
    """Scroll the page to a place, in CSS pixels from its upper left corner."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class ScrollIntoView:
    """Scroll until an element is in the window."""

    selector: str


@dataclass(frozen=True, slots=True)
class WaitForSelector:
    """Wait until an element is visible."""

    selector: str


@dataclass(frozen=True, slots=True)
class WaitForExpression:
    """Wait until a JavaScript expression is true."""

    expression: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait for a while."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Run JavaScript in the page."""

    expression: str


Action = (
    Click
    | Type
    | Press
    | Hover
    | Select
    | ScrollTo
    | ScrollIntoView
    | WaitForSelector
    | WaitForExpression
    | Pause
    | Evaluate
)
