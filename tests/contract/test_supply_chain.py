"""What is shipped is pinned: every package by version and digest, and installed by nothing but its lock."""

import json
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SHIPPED = ("operator/requirements.lock", "capture-image/requirements.lock", "capture-image/assets/requirements.lock")
LOCKS = (*SHIPPED, "requirements-dev.lock", "requirements-supply-chain.lock")
DOCKERFILES = ("operator/Dockerfile", "capture-image/Dockerfile")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_version_and_a_digest(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (REPOSITORY / lock).read_text().strip())
    assert len(entries) >= 1
    loose = [
        entry for entry in entries if not re.match(r"[\w.\[\]-]+==\S+( ; .*?)? \\\n +--hash=sha256:[0-9a-f]{64}", entry)
    ]
    assert loose == []


@pytest.mark.parametrize("path", DOCKERFILES)
def test_images_install_what_is_locked_and_no_source(path: str) -> None:
    text = (REPOSITORY / path).read_text().replace("\\\n", " ")
    installs = [line for line in re.findall(r"pip[^&|]* install [^&|]*", text)]
    assert installs
    for install in installs:
        assert "--require-hashes" in install
        assert "--only-binary :all:" in install
        assert re.search(r"(-r|--requirement) +\S+requirements\.lock", install)


def test_npm_packages_have_a_version_and_a_digest() -> None:
    packages = json.loads((REPOSITORY / "capture-image" / "assets" / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    assert [name for name, package in installed.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_go_modules_have_their_sums() -> None:
    for module in (REPOSITORY / "cluster" / "go").iterdir():
        assert (module / "go.sum").stat().st_size > 0
