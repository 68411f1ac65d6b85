"""The alert rules and the dashboard, by Prometheus' own tool."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.monitoring import DASHBOARD, RULES, expressions_of_dashboard, groups_of_rules

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def promtool() -> str:
    """Return the path of promtool; `make promtool` brings it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = shutil.which("promtool") or shutil.which(str(cache / "kubeshot" / "promtool"))
    assert found is not None, "there is no promtool: run make promtool"
    return found


def run(promtool: str, *arguments: str, folder: Path) -> None:
    """Run promtool in a folder; what it complains of is the failure."""
    done = subprocess.run([promtool, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def write_rules(folder: Path, groups: list[dict[str, Any]]) -> None:
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")


def test_the_rules_are_sound(promtool: str, tmp_path: Path) -> None:
    write_rules(tmp_path, groups_of_rules(RULES))
    run(promtool, "check", "rules", "--lint-fatal", "rules.yaml", folder=tmp_path)


def test_the_rules_fire_when_they_should_and_only_then(promtool: str, tmp_path: Path) -> None:
    write_rules(tmp_path, groups_of_rules(RULES))
    shutil.copy(HERE / "rules_test.yaml", tmp_path)
    run(promtool, "test", "rules", "rules_test.yaml", folder=tmp_path)


def test_the_expressions_of_the_dashboard_are_sound(promtool: str, tmp_path: Path) -> None:
    expressions = expressions_of_dashboard(json.loads(DASHBOARD.read_text("utf-8")))
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(expressions)]
    write_rules(tmp_path, [{"name": "dashboard", "rules": rules}])
    run(promtool, "check", "rules", "rules.yaml", folder=tmp_path)
