"""Which labels a selector takes, and how it is told."""

from typing import Any

import pytest

from kubeshot_operator.api.selector import parse_selector

TIERS = {"key": "tier", "operator": "In", "values": ["silver", "gold"]}


@pytest.mark.parametrize(
    ("selector", "told", "met", "unmet"),
    [
        ({"matchLabels": {"a": "1"}}, "a=1", {"a": "1"}, {"a": "2"}),
        ({"matchExpressions": [TIERS]}, "tier in (gold, silver)", {"tier": "gold"}, {}),
        (
            {"matchExpressions": [{**TIERS, "operator": "NotIn"}]},
            "tier notin (gold, silver)",
            {},
            {"tier": "silver"},
        ),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "a", {"a": ""}, {"b": ""}),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, "!a", {}, {"a": ""}),
        (
            {"matchLabels": {"a": "1"}, "matchExpressions": [TIERS]},
            "a=1,tier in (gold, silver)",
            {"a": "1", "tier": "gold"},
            {},
        ),
    ],
    ids=["label", "in", "not in", "exists", "does not exist", "all of them"],
)
def test_labels_match(selector: dict[str, Any], told: str, met: dict[str, str], unmet: dict[str, str]) -> None:
    parsed = parse_selector(selector)
    assert str(parsed) == told
    assert parsed.unmet(met).requirements == ()
    assert str(parsed.unmet(unmet)) == told


@pytest.mark.parametrize("raw", [{}, {"matchLabels": {}, "matchExpressions": []}, {"matchLabels": None}])
def test_empty_selector_takes_all(raw: dict[str, Any]) -> None:
    assert parse_selector(raw).unmet({}).requirements == ()
