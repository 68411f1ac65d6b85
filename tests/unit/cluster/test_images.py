"""An image is built when what it is made of has changed, and only then."""

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from kubeshot_cluster.images import catalogue, content, dockerfile, engines, partial_archive
from kubeshot_cluster.images.build import CONTENT_LABEL, Images
from kubeshot_cluster.images.engines import Buildah, Docker, Order
from kubeshot_cluster.native import pause
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps
from unit.cluster.fakes import FakeCommands, places_in

DOCKERFILE = """# syntax=docker/dockerfile:1
FROM debian:bookworm-slim AS build
RUN --mount=type=secret,id=ca apt-get update \\
    && echo COPY nothing
COPY --chown=1:1 operator/kubeshot_operator \\
     capture-image/kubeshot_contract /app/
COPY ["with space.txt", "/app/"]
FROM --platform=linux/amd64 debian:bookworm
COPY --from=build /app /app
ADD https://example.org/file /file
FROM build
"""
ORDER = Order(
    tag="docker.io/kubeshot/operator:0.1.0",
    dockerfile=Path("operator/Dockerfile"),
    context=Path("/checkout"),
    secrets={"ca": Path("/ca.pem")},
    labels={"a": "b"},
)


def test_reads_what_comes_from_the_context() -> None:
    expected = ["operator/kubeshot_operator", "capture-image/kubeshot_contract", "with space.txt"]
    assert dockerfile.copied_paths(DOCKERFILE) == expected


def test_reads_what_it_is_built_upon_without_its_own_stages() -> None:
    assert dockerfile.base_images(DOCKERFILE) == ["debian:bookworm-slim", "debian:bookworm"]


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "code" / "__pycache__").mkdir(parents=True)
    (tmp_path / "code" / "main.py").write_text("one")
    (tmp_path / "README.md").write_text("one")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        pytest.param("code/main.py", True, id="a file that is copied"),
        pytest.param("code/new.py", True, id="a new file in a folder that is copied"),
        pytest.param("README.md", False, id="a file that is not"),
        pytest.param("code/__pycache__/main.pyc", False, id="byte code"),
    ],
)
def test_the_hash_follows_what_is_copied(context: Path, change: str, differs: bool) -> None:
    before = content.digest(context, ["code"], ["FROM x"])
    (context / change).write_text("two")
    assert (content.digest(context, ["code"], ["FROM x"]) != before) is differs


def test_the_hash_follows_the_mode_and_the_dockerfile(context: Path) -> None:
    before = content.digest(context, ["code"], ["FROM x"])
    assert content.digest(context, ["code"], ["FROM y"]) != before
    (context / "code" / "main.py").chmod(0o755)
    assert content.digest(context, ["code"], ["FROM x"]) != before


def test_patterns_are_followed(context: Path) -> None:
    assert content.digest(context, ["*.md"], []) == content.digest(context, ["README.md"], [])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "repository" / "operator").mkdir(parents=True)
    (tmp_path / "repository" / "operator" / "Dockerfile").write_text("FROM scratch\nCOPY operator/main.py /\n")
    (tmp_path / "repository" / "operator" / "main.py").write_text("one")
    (tmp_path / "repository" / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    return tmp_path / "repository"


class RememberingEngine:
    """Builds nothing, and remembers the labels."""

    name = "fake"

    def __init__(self) -> None:
        self.labels: dict[str, Mapping[str, str]] = {}
        self.built = 0

    def build(self, order: Order, commands: object, extra: Mapping[str, str] | None = None) -> None:
        self.labels[order.tag] = order.labels
        self.built += 1

    def identity(self, tag: str, commands: object) -> str | None:
        return f"id-{self.built}" if tag in self.labels else None

    def label(self, tag: str, key: str, commands: object) -> str | None:
        return self.labels.get(tag, {}).get(key)

    def save(self, tag: str, tar: Path, commands: object) -> None:
        tar.touch()

    def save_for(self, tag: str, tar: Path, present: Mapping[str, int], commands: object) -> None:
        tar.touch()

    def restore(self, tar: Path, commands: object) -> None:
        raise NotImplementedError

    def pull(self, tag: str, commands: object) -> bool:
        return False


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def engine() -> RememberingEngine:
    return RememberingEngine()


@pytest.fixture
def images(tmp_path: Path, repository: Path, said: io.StringIO, engine: RememberingEngine) -> Images:
    steps = Steps(said, tmp_path / "logs", {"PATH": "/usr/bin:/bin"})
    return Images(places_in(tmp_path, repository), {}, steps, engine)


def test_builds_once_and_again_after_a_change(images: Images, engine: RememberingEngine, repository: Path) -> None:
    counts = []
    for text in ("one", "one", "two"):
        (repository / "operator" / "main.py").write_text(text)
        images.build(["operator"])
        counts.append(engine.built)
    assert counts == [1, 1, 2]
    assert CONTENT_LABEL in engine.labels["docker.io/kubeshot/operator:1.2.3"]


def test_says_what_is_up_to_date(images: Images, said: io.StringIO) -> None:
    images.build(["operator"])
    images.build(["operator"])
    assert "operator:1.2.3 is up to date" in said.getvalue()


def test_names_the_missing_dockerfile(images: Images) -> None:
    with pytest.raises(ClusterError, match="capture-image/Dockerfile is missing"):
        images.build(["capture"])


def test_an_image_that_was_not_built_has_no_identity(images: Images) -> None:
    with pytest.raises(ClusterError, match="run `images operator` first"):
        images.identity("operator")


def test_refuses_an_unknown_name() -> None:
    with pytest.raises(ClusterError, match="no image web; known are operator"):
        catalogue.select(["web"])


def test_all_images_are_meant_when_none_is_named() -> None:
    assert [image.name for image in catalogue.select([])] == ["operator", "capture", "minio"]


def test_a_project_without_a_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"pyproject\.toml has no \[project\] version"):
        catalogue.version(tmp_path)


def test_buildah_needs_no_network_or_runtime_of_its_own() -> None:
    commands = FakeCommands()
    Buildah().build(ORDER, commands)
    expected = (
        "buildah bud --isolation=oci --runtime=runc --network=host --layers --file operator/Dockerfile "
        "--tag docker.io/kubeshot/operator:0.1.0 --secret id=ca,src=/ca.pem --label a=b /checkout"
    )
    assert commands.asked == [expected]


def test_docker_gets_the_same_secrets_and_the_hosts_proxies() -> None:
    commands = FakeCommands()
    Docker({"HTTPS_PROXY": "http://proxy", "HTTP_PROXY": ""}).build(ORDER, commands)
    expected = (
        "docker build --file operator/Dockerfile --tag docker.io/kubeshot/operator:0.1.0 "
        "--secret id=ca,src=/ca.pem --label a=b --build-arg HTTPS_PROXY /checkout"
    )
    assert commands.asked == [expected]


@pytest.mark.parametrize("engine", [Docker({}), Buildah()], ids=["docker", "buildah"])
def test_what_an_engine_does_not_know_is_none(engine: engines.Engine) -> None:
    commands = FakeCommands(failing=["docker", "buildah"])
    assert engine.identity("x", commands) is None
    assert engine.label("x", "y", commands) is None
    assert engine.pull("x", commands) is False


def test_a_cluster_that_has_no_layer_gets_the_whole_image(tmp_path: Path) -> None:
    commands = FakeCommands(answers={"buildah inspect": "sha256:aa sha256:bb"})
    Buildah().save_for("x:1", tmp_path / "x.tar", {"sha256:cc": 3}, commands)
    assert commands.asked[-1] == f"buildah push --quiet x:1 docker-archive:{tmp_path}/x.tar:x:1"


def test_layers_that_are_present_are_left_out(tmp_path: Path) -> None:
    layout, present = tmp_path / "layout", {"sha256:aa": 5_000_000}
    partial_archive.prepare(layout, present)
    (layout / "oci-layout").write_text("{}")
    (layout / "index.json").write_text('{"manifests": [{"digest": "sha256:bb"}]}')
    (layout / "blobs" / "sha256" / "bb").write_text("{}")
    placeholder = layout / "blobs" / "sha256" / "aa"
    assert (placeholder.stat().st_size, placeholder.stat().st_blocks) == (5_000_000, 0)
    partial_archive.write(layout, "x:1", present, tmp_path / "x.tar")
    with tarfile.open(tmp_path / "x.tar") as archive:
        assert archive.getnames() == ["oci-layout", "index.json", "blobs/sha256/bb"]
    index = json.loads((layout / "index.json").read_text())
    assert index["manifests"][0]["annotations"] == {"io.containerd.image.name": "x:1"}


def test_the_pause_image_is_the_same_whenever_it_is_written() -> None:
    first, second = pause.archive(b"program", "amd64"), pause.archive(b"program", "amd64")
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        names = archive.getnames()
    assert first == second
    assert names == ["manifest.json", "config.json", "layer.tar"]
