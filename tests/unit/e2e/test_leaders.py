"""Who certainly led at the same time, and who held the Lease one after the other."""

from typing import Any

import pytest

from e2e.leaders import Look, holders, led_together


def looks(*told: str) -> list[Look]:
    """Return looks, one after the other, at pods of one letter; a capital says that it leads."""
    return [Look(pod.lower(), float(n), n + 0.5, pod.isupper()) for n, pod in enumerate(told)]


@pytest.mark.parametrize(
    ("told", "together"),
    [
        pytest.param("AbAbAb", set(), id="one leads"),
        pytest.param("AbAbaBaB", set(), id="one follows the other"),
        pytest.param("ABaB", set(), id="it was handed over between two looks"),
        pytest.param("ABAB", {("a", "b"), ("b", "a")}, id="two lead"),
        pytest.param("AbBbA", {("a", "b")}, id="another leads for a moment"),
        pytest.param("ab", set(), id="nobody leads"),
    ],
)
def test_led_together(told: str, together: set[tuple[str, str]]) -> None:
    assert led_together(looks(*told)) == together


def test_holders_in_order() -> None:
    states: list[dict[str, Any]] = [{"spec": {"holderIdentity": name}} for name in ("a", "a", "", "b", "b", "a")]
    assert holders([*states, {"spec": {}}]) == ["a", "b", "a"]
