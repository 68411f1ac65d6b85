"""Each sentence that refuses a request or a class is shown by a file, which a real API server judges."""

import pytest

from contract.schemas import CRDS, REPOSITORY, places

INVALID = REPOSITORY / "tests" / "integration" / "crds" / "invalid"
MARK = "# refused: "

# Shown by tests themselves: nobody wants a file of 64 KiB, and a change takes two.
MADE_ELSEWHERE = {
    "html must be at most 65536 bytes of UTF-8: serve a larger page and give its url",
    "with retention Delete captureClassName cannot be changed, or images in the old class's bucket would be forgotten: "
    "make a new request",
    "with retention Delete storage.keyPrefix cannot be changed, or images under the old one would be forgotten: make a "
    "new request",
}


def sentences(plural: str) -> list[str]:
    rules = [rule for place in places(plural) for rule in place.schema.get("x-kubernetes-validations", ())]
    return sorted({" ".join(rule["message"].split()) for rule in rules} - MADE_ELSEWHERE)


SHOWN = [path.read_text().partition("\n")[0].removeprefix(MARK) for path in sorted(INVALID.glob("*.yaml"))]


@pytest.mark.parametrize("sentence", [sentence for plural in CRDS for sentence in sentences(plural)])
def test_a_sentence_that_refuses_is_shown(sentence: str) -> None:
    assert any(shown in sentence for shown in SHOWN)
