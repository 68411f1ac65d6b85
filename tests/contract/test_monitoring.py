"""What is drawn and warned of is what the operator tells, by the same names."""

import importlib.util
import json
import re
from types import ModuleType

import pytest

from contract.monitoring import (
    COMPONENT,
    DASHBOARD,
    RULES,
    expressions_of_dashboard,
    expressions_of_rules,
    groups_of_rules,
    labels_in,
    series_in,
)
from contract.schemas import REPOSITORY, documents
from kubeshot_contract.reasons import Reason
from kubeshot_operator.runtime.figures import FIGURES, OF_THE_PROCESS, Kind

DOCS = REPOSITORY / "docs"
SERIES = {name for figure in (*FIGURES, *OF_THE_PROCESS) for name in figure.series}
EXPRESSIONS = [*expressions_of_rules(), *expressions_of_dashboard(json.loads(DASHBOARD.read_text("utf-8")))]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_reads_what_the_operator_tells(expression: str) -> None:
    assert series_in(expression)
    assert series_in(expression) <= SERIES
    known = {label for figure in FIGURES for label in figure.labels} | {"le"}
    assert labels_in(expression) <= known


def test_every_figure_is_drawn_or_warned_of() -> None:
    read = {name for expression in EXPRESSIONS for name in series_in(expression)}
    assert [figure.name for figure in FIGURES if not read & set(figure.series)] == []


def test_the_reasons_that_are_a_pages_own_are_reasons() -> None:
    [expression] = [text for text in expressions_of_rules() if "reason!~" in text]
    found = re.search(r'reason!~"([^"]+)"', expression)
    assert found is not None
    assert set(found[1].split("|")) <= set(Reason)


def test_no_label_can_hold_a_users_word() -> None:
    labels = {label for figure in FIGURES for label in figure.labels}
    assert labels == {"outcome", "reason", "phase", "verb", "resource", "code"}


def test_names_follow_the_conventions_of_prometheus() -> None:
    for figure in FIGURES:
        assert re.fullmatch(r"kubeshot_[a-z_]+", figure.name)
        assert figure.name.endswith("_total") == (figure.kind is Kind.COUNTER)
        assert bool(figure.buckets) == (figure.kind is Kind.HISTOGRAM)
        assert figure.meaning.endswith(".")


def test_every_alert_says_what_to_do() -> None:
    for rule in (rule for group in groups_of_rules(RULES) for rule in group["rules"]):
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"].keys() == {"summary", "description"}


def test_figures_are_collected_where_they_are_told() -> None:
    [service] = documents(COMPONENT / "service.yaml")
    [monitor] = documents(COMPONENT / "service-monitor.yaml")
    operator = next(iter(documents(REPOSITORY / "manifests" / "base" / "operator.yaml")))
    [port] = service["spec"]["ports"]
    [endpoint] = monitor["spec"]["endpoints"]
    assert (endpoint["port"], endpoint["path"]) == (port["name"], "/metrics")
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert service["spec"]["selector"] == operator["spec"]["selector"]["matchLabels"]
    [container] = operator["spec"]["template"]["spec"]["containers"]
    assert port["targetPort"] in [item["name"] for item in container["ports"]]


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def generator() -> ModuleType:
    """Return docs/metrics.py, which is in no package."""
    spec = importlib.util.spec_from_file_location("docs_metrics", DOCS / "metrics.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_document_of_the_figures_is_up_to_date() -> None:
    assert (DOCS / "metrics.md").read_text("utf-8") == generator().document(), "run make docs"
