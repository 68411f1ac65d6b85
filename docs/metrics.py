"""Writes docs/metrics.md from the table of figures and the alert rules; `make docs` runs it."""

from collections.abc import Iterable
from pathlib import Path

import yaml

from kubeshot_operator.runtime.figures import FIGURES, OF_THE_PROCESS, Figure

HERE = Path(__file__).parent
DOCUMENT = HERE / "metrics.md"
RULES = HERE.parent / "manifests" / "components" / "monitoring" / "rules.yaml"

_HEAD = """# Figures and alerts

Made from `runtime/figures.py` and the alert rules by `make docs`; do not edit. Each replica tells them at `/metrics` on
port 8080; `manifests/components/monitoring` has a ServiceMonitor, the alerts and a dashboard. No label has a namespace,
a name, a URL or a host: more use does not make more of them. What is counted begins at 0 with each leader, as `rate`
expects; a write whose answer got lost is not counted.

`/healthz` and `/readyz` on the same port answer 200 with `ok`, or 503 with what is wrong. A replica that stands by is
ready.
"""
_TABLE = "\n| name | kind | labels | meaning |\n|---|---|---|---|\n"
_ALERTS = "\n## Alerts\n\n| alert | severity | fires when | what to do |\n|---|---|---|---|\n"


def document() -> str:
    """Return the text of the document."""
    process = "\n## Of the process\n" + _TABLE + _rows(OF_THE_PROCESS)
    return _HEAD + "\n## Of Kubeshot\n" + _TABLE + _rows(FIGURES) + process + _ALERTS + _alerts()


def _rows(figures: Iterable[Figure]) -> str:
    return "".join(
        f"| `{figure.name}` | {figure.kind} | {', '.join(figure.labels)} | {figure.meaning} |\n" for figure in figures
    )


def _alerts() -> str:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["spec"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    return "".join(
        f"| {rule['alert']} | {rule['labels']['severity']} | `{_cell(rule['expr'])}` for {rule['for']} "
        f"| {rule['annotations']['description']} |\n"
        for rule in rules
    )


def _cell(expression: str) -> str:
    return expression.strip().replace("|", "\\|")


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
