"""kind's own parser reads our kind-config.yaml; it does so before it looks for a container engine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kubeshot_cluster.binaries import build
from kubeshot_cluster.places import places_from
from kubeshot_cluster.steps import Steps

REPOSITORY = Path(__file__).resolve().parents[3]
CONFIG = REPOSITORY / "kind-config.yaml"


@pytest.fixture(scope="module")
def kind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build kind, or take the one in the cache."""
    steps = Steps(sys.stderr, tmp_path_factory.mktemp("logs"), os.environ)
    return build("kind", places_from(os.environ, REPOSITORY), steps) / "kind"


def complaint(kind: Path, config: Path) -> str:
    """Return what kind says to a config where there is no engine."""
    done = subprocess.run(
        [kind, "create", "cluster", "--name", "parse-only", "--config", config],
        env={"PATH": "", "HOME": str(config.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_our_config_is_read(kind: Path) -> None:
    assert "failed to get docker info" in complaint(kind, CONFIG)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("role: control-plane", "rolle: control-plane"),
        ("extraMounts:", "extraMount:"),
        ("readOnly: true", "readOnly: 7"),
    ],
    ids=["unknown field of a node", "misspelt mounts", "a number for a boolean"],
)
def test_config_that_is_spoilt_is_refused(kind: Path, tmp_path: Path, right: str, wrong: str) -> None:
    text = CONFIG.read_text()
    assert right in text
    spoilt = tmp_path / "kind-config.yaml"
    spoilt.write_text(text.replace(right, wrong))
    assert "unable to decode config" in complaint(kind, spoilt)
