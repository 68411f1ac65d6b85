"""No value of a Secret comes back in any spelling that a page, a server or a library may give it."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from kubeshot_capture.redaction import CONCEALED, Redaction

VALUES = {
    "plain": "hunter2hunter2",
    "quotes": """it's "quoted" \\ and so on""",
    "several lines": "-----BEGIN KEY-----\nMIIEvQ/+==\n-----END KEY-----\n",
    "other letters": "pässwörd-密码-🔑",
    "signs of a URL": "a&b=c/d?e#f%g+h i",
    "a scheme": "Bearer 7f3a9c2b1d",
    "a tab": "one\ttwo three",
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON with its own letters": lambda value: json.dumps(value, ensure_ascii=False),
    "JSON in JSON": lambda value: json.dumps({"message": f"bad {value}"}, ensure_ascii=False),
    "a URL": lambda value: f"http://a/?q={quote(value, safe='')}&x=1",
    "a path": lambda value: f"http://a/{quote(value)}",
    "a form": lambda value: f"q={quote_plus(value)}",
    "Base64": lambda value: base64.b64encode(value.encode()).decode(),
    "Base64 for URLs": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value_is_concealed(value: str, spelling: Callable[[str], str]) -> None:
    redaction = Redaction()
    redaction.hide([value])
    text = f"before {spelling(value)} after"
    cleaned = redaction.clean(text)
    assert CONCEALED in cleaned
    assert spelling(value) not in cleaned
    assert cleaned.startswith("before ")
    assert cleaned.rstrip('"}=').endswith(" after")
    for word in value.split():
        assert len(word) < 8 or word not in cleaned


def test_each_line_of_a_value_is_concealed() -> None:
    redaction = Redaction()
    redaction.hide(["first line\nsecond line\r\n"])
    assert redaction.clean("x second line y first line") == f"x {CONCEALED} y {CONCEALED}"


def test_a_token_is_concealed_without_its_scheme() -> None:
    redaction = Redaction()
    redaction.hide(["Bearer 7f3a9c2b1d"])
    assert redaction.clean("token=7f3a9c2b1d, Bearer of news") == f"token={CONCEALED}, Bearer of news"


def test_a_short_value_stays_for_it_is_in_every_word() -> None:
    redaction = Redaction()
    redaction.hide(["abc", ""])
    assert redaction.clean("abcdef") == "abcdef"


def test_a_value_that_is_a_part_of_another_leaves_nothing_of_it() -> None:
    redaction = Redaction()
    redaction.hide(["secret"])
    redaction.hide(["secret-and-more"])
    assert redaction.clean("a secret-and-more b secret c") == f"a {CONCEALED} b {CONCEALED} c"
