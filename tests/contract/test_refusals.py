"""Each sentence that refuses a request or a class is shown by a file, which a real API server judges."""

import pytest

from contract.schemas import CRDS, REPOSITORY, places

INVALID = REPOSITORY / "tests" / "integration" / "crds" / "invalid"
MARK = "# refused: "

# Its page is made by the test itself: nobody wants a file of 64 KiB.
MADE_ELSEWHERE = {"html must be at most 65536 bytes of UTF-8: serve a larger page and give its url"}


def sentences(plural: str) -> list[str]:
    rules = [rule for place in places(plural) for rule in place.schema.get("x-kubernetes-validations", ())]
    return sorted({" ".join(rule["message"].split()) for rule in rules} - MADE_ELSEWHERE)


SHOWN = [path.read_text().partition("\n")[0].removeprefix(MARK) for path in sorted(INVALID.glob("*.yaml"))]


@pytest.mark.parametrize("sentence", [sentence for plural in CRDS for sentence in sentences(plural)])
def test_a_sentence_that_refuses_is_shown(sentence: str) -> None:
    assert any(shown in sentence for shown in SHOWN)
