"""kind and the current context, by the commands they would run."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kubeshot_cluster import binaries
from kubeshot_cluster.commands import Commands
from kubeshot_cluster.images.build import Images
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.providers.current import Current
from kubeshot_cluster.providers.kind import Kind
from kubeshot_cluster.steps import Steps
from unit.cluster.fakes import FakeCommands, always, never, places_in
from unit.cluster.test_images import RememberingEngine

REPOSITORY = Path(__file__).parents[3]


class FakeSteps(Steps):
    """Every step runs the one fake."""

    def __init__(self, commands: FakeCommands, folder: Path) -> None:
        super().__init__(io.StringIO(), folder, {"PATH": "/nowhere"})
        self._commands = commands

    def quiet(self, name: str) -> Commands:
        return self._commands

    @contextmanager
    def step(self, title: str, name: str, expect: str = "") -> Iterator[Commands]:
        yield self._commands


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return places_in(tmp_path, REPOSITORY)


@pytest.fixture
def kind(places: Places, tmp_path: Path) -> Callable[[FakeCommands], Kind]:
    def make(commands: FakeCommands) -> Kind:
        steps = FakeSteps(commands, tmp_path)
        engine = RememberingEngine()
        engine.labels["docker.io/kubeshot/operator:0.1.0"] = {}
        return Kind(places, steps, Images(places, {}, steps, engine), lambda: "kind")

    return make


def test_kind_creates_the_cluster_in_the_checkout(kind: Callable[[FakeCommands], Kind], places: Places) -> None:
    commands = FakeCommands()
    kind(commands).up()
    created = f"kind create cluster --name kubeshot --kubeconfig {places.kubeconfig} --config kind-config.yaml"
    assert commands.asked == ["docker info", "kind get clusters", f"{created} --wait 180s"]
    assert commands.folders[-1] == REPOSITORY


def test_kind_takes_the_cluster_that_is_there(kind: Callable[[FakeCommands], Kind], places: Places) -> None:
    commands = FakeCommands(answers={"kind get clusters": "other\nkubeshot\n"})
    kind(commands).up()
    assert commands.asked[2:] == [f"kind export kubeconfig --name kubeshot --kubeconfig {places.kubeconfig}"]


def test_kind_without_docker_says_what_to_do(kind: Callable[[FakeCommands], Kind]) -> None:
    with pytest.raises(ClusterError, match="start it, or ask for --provider native"):
        kind(FakeCommands(failing=["docker info"])).up()


def test_kind_loads_what_docker_built(kind: Callable[[FakeCommands], Kind]) -> None:
    commands = FakeCommands(answers={"kind get clusters": "kubeshot\n"})
    kind(commands).load(["operator"])
    assert commands.asked[-1] == "kind load docker-image docker.io/kubeshot/operator:0.1.0 --name kubeshot"


def test_kind_loads_nothing_without_a_cluster(kind: Callable[[FakeCommands], Kind]) -> None:
    with pytest.raises(ClusterError, match="run `up` first"):
        kind(FakeCommands()).load(["operator"])


def test_kind_deletes_only_its_own_cluster(kind: Callable[[FakeCommands], Kind], places: Places) -> None:
    commands = FakeCommands()
    kind(commands).down()
    assert commands.asked == [f"kind delete cluster --name kubeshot --kubeconfig {places.kubeconfig}"]


@pytest.fixture
def kubectl(tmp_path: Path) -> Path:
    """The folder where a kubectl is believed to be built."""
    folder = binaries.folder_of(binaries.PROGRAMS["kubernetes"], places_in(tmp_path, REPOSITORY))
    folder.mkdir(parents=True)
    return folder / "kubectl"


def test_the_current_context_is_copied_after_a_yes(places: Places, tmp_path: Path, kubectl: Path) -> None:
    answers = {f"{kubectl} config current-context": "work\n", f"{kubectl} config view": "apiVersion: v1\n"}
    Current(places, FakeSteps(FakeCommands(answers=answers), tmp_path), always).up()
    assert places.kubeconfig.read_text() == "apiVersion: v1\n"
    assert places.kubeconfig.stat().st_mode & 0o077 == 0


def test_nothing_is_done_without_a_yes(places: Places, tmp_path: Path, kubectl: Path) -> None:
    commands = FakeCommands(answers={f"{kubectl} config current-context": "work\n"})
    with pytest.raises(ClusterError, match="Nothing was done to 'work'"):
        Current(places, FakeSteps(commands, tmp_path), never).up()
    assert not places.kubeconfig.exists()


def test_a_kubeconfig_without_a_context_is_said(places: Places, tmp_path: Path, kubectl: Path) -> None:
    with pytest.raises(ClusterError, match="no current context"):
        Current(places, FakeSteps(FakeCommands(), tmp_path), always).status()


def test_images_are_never_put_into_somebodys_cluster(places: Places, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="push them to a registry"):
        Current(places, FakeSteps(FakeCommands(), tmp_path), always).load(["operator"])
