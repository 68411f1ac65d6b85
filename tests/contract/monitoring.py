"""The expressions in the files for Prometheus and Grafana, and the names of series in them."""

import re
from pathlib import Path
from typing import Any

import yaml

from contract.schemas import REPOSITORY

COMPONENT = REPOSITORY / "manifests" / "components" / "monitoring"
RULES = COMPONENT / "rules.yaml"
DASHBOARD = COMPONENT / "dashboard.json"

_SERIES = re.compile(r"\b(?:kubeshot|process)_[a-z_]+\b")
_MATCHER = re.compile(r'([a-z]+)\s*(?:=|!=|=~|!~)\s*"')


def groups_of_rules(file: Path) -> list[dict[str, Any]]:
    """Return the groups of a PrometheusRule, as a file of rules has them."""
    groups: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))["spec"]["groups"]
    return groups


def expressions_of_rules() -> list[str]:
    """Return the expression of each alert."""
    return [rule["expr"] for group in groups_of_rules(RULES) for rule in group["rules"]]


def expressions_of_dashboard(dashboard: dict[str, Any]) -> list[str]:
    """Return the expression of each query, with the interval that Grafana would fill in."""
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    return [query.replace("$__rate_interval", "2m") for query in queries]


def series_in(expression: str) -> set[str]:
    """Return the names of the series that an expression reads."""
    return set(_SERIES.findall(expression))


def labels_in(expression: str) -> set[str]:
    """Return the labels that an expression selects by."""
    return set(_MATCHER.findall(expression))
