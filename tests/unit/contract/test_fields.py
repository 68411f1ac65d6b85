"""Every value of a message is checked where it is read, and a wrong one is named by its path."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest

from kubeshot_contract.fields import Fields, MalformedMessageError, parse_message

Read = Callable[[Fields], Any]


class Colour(StrEnum):
    """A choice."""

    RED = "Red"
    BLUE = "Blue"


def fields(value: object) -> Fields:
    """Return fields with this value under `x`, as they are found under `spec`."""
    return Fields({"x": value}, "spec")


@pytest.mark.parametrize(
    ("value", "read", "result"),
    [
        pytest.param("a", lambda f: f.text("x"), "a", id="a text"),
        pytest.param("", lambda f: f.text("x"), "", id="an empty text"),
        pytest.param("", lambda f: f.has("x"), True, id="an empty text is there"),
        pytest.param(None, lambda f: f.has("x"), False, id="null is not there"),
        pytest.param(None, lambda f: f.optional_text("x"), None, id="null as a text"),
        pytest.param(0, lambda f: f.integer("x"), 0, id="zero"),
        pytest.param(None, lambda f: f.optional_integer("x"), None, id="null as a number"),
        pytest.param(0, lambda f: f.optional_integer("x"), 0, id="zero is there"),
        pytest.param(2, lambda f: f.number("x"), 2.0, id="an integer as a number"),
        pytest.param(-0.5, lambda f: f.number("x"), -0.5, id="a number below zero"),
        pytest.param(False, lambda f: f.boolean("x"), False, id="false"),
        pytest.param("1m30s", lambda f: f.milliseconds("x"), 90_000, id="a duration"),
        pytest.param("Blue", lambda f: f.choice("x", Colour), Colour.BLUE, id="a word"),
        pytest.param(None, lambda f: f.optional_choice("x", Colour), None, id="null as a word"),
        pytest.param(["Blue", "Red"], lambda f: f.optional_choices("x", Colour), ("Blue", "Red"), id="words"),
        pytest.param(None, lambda f: f.optional_choices("x", Colour), (), id="null as words"),
        pytest.param(["b", "a"], lambda f: f.optional_strings("x"), ("b", "a"), id="texts"),
        pytest.param(None, lambda f: f.optional_strings("x"), (), id="null as texts"),
        pytest.param({"b": "1", "a": "2"}, lambda f: list(f.texts("x")), ["b", "a"], id="texts by name, in order"),
        pytest.param([{"y": 1}, {"y": 2}], lambda f: f.items("x", lambda i: i.integer("y")), (1, 2), id="objects"),
        pytest.param(None, lambda f: f.optional_items("x", Fields.has), (), id="null as objects"),
        pytest.param({}, lambda f: f.optional_object("x") is None, False, id="an empty object is there"),
    ],
)
def test_a_value_is_read(value: object, read: Read, result: object) -> None:
    assert read(fields(value)) == result


@pytest.mark.parametrize(
    ("value", "read", "complaint"),
    [
        pytest.param(1, lambda f: f.text("x"), "spec.x is not a string of at most", id="a number as a text"),
        pytest.param("abc", lambda f: f.text("x", most=2), "spec.x is not a string of at most 2", id="a long text"),
        pytest.param("\ud800", lambda f: f.text("x"), "spec.x is not a string", id="a lone surrogate"),
        pytest.param(None, lambda f: f.text("x"), "spec.x is not a string", id="no text"),
        pytest.param(True, lambda f: f.integer("x"), "spec.x is not an integer", id="true as a number"),
        pytest.param(1.0, lambda f: f.integer("x"), "spec.x is not an integer", id="a fraction"),
        pytest.param(-1, lambda f: f.integer("x"), "spec.x is not an integer from 0", id="below zero"),
        pytest.param(101, lambda f: f.optional_integer("x", most=100), "from 0 to 100", id="above the maximum"),
        pytest.param(True, lambda f: f.number("x"), "spec.x is not a number", id="true as a fraction"),
        pytest.param(float("nan"), lambda f: f.number("x"), "spec.x is not a number", id="no number"),
        pytest.param(float("inf"), lambda f: f.number("x"), "spec.x is not a number", id="an infinite number"),
        pytest.param("true", lambda f: f.boolean("x"), "spec.x is not true or false", id="a text as a boolean"),
        pytest.param("1d", lambda f: f.milliseconds("x"), "spec.x is not a duration, such as 500ms", id="days"),
        pytest.param(5, lambda f: f.milliseconds("x"), "spec.x is not a duration", id="a number as a duration"),
        pytest.param("red", lambda f: f.choice("x", Colour), "spec.x is not one of Red, Blue", id="another word"),
        pytest.param(["red"], lambda f: f.optional_choices("x", Colour), "spec.x[0] is not one of", id="in a list"),
        pytest.param(["a", 1], lambda f: f.optional_strings("x"), "spec.x[1] is not a string", id="a number in texts"),
        pytest.param("ab", lambda f: f.optional_strings("x"), "spec.x is not a list", id="a text as texts"),
        pytest.param(["a"] * 3, lambda f: f.optional_strings("x", most=2), "at most 2 strings", id="too many texts"),
        pytest.param([], lambda f: f.object("x"), "spec.x is not a JSON object", id="a list as an object"),
        pytest.param({"y": 1}, lambda f: f.texts("x"), "spec.x.y is not a string", id="a number among texts"),
        pytest.param({}, lambda f: f.items("x", Fields.has), "spec.x is not a list", id="an object as a list"),
        pytest.param([1], lambda f: f.items("x", Fields.has), "spec.x[0] is not a JSON", id="a number as an object"),
        pytest.param([{}] * 3, lambda f: f.items("x", Fields.has, most=2), "at most 2 objects", id="too many objects"),
        pytest.param(
            [{"y": 1}], lambda f: f.items("x", lambda i: i.text("y")), "spec.x[0].y is not a string", id="in an object"
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_path(value: object, read: Read, complaint: str) -> None:
    with pytest.raises(MalformedMessageError) as caught:
        read(fields(value))
    assert complaint in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": ' + "9" * 5000 + "}", "1"])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(MalformedMessageError):
        parse_message(text)
