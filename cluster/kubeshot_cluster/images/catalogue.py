"""The images of this project: their names, tags and Dockerfiles."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.problems import ClusterError

BASE = "docker.io/library/debian:bookworm-slim"
MINIO = "minio"


@dataclass(frozen=True, slots=True)
class Image:
    """An image and the Dockerfile, relative to the repository, it is built with."""

    name: str
    dockerfile: Path


ALL = (
    Image("operator", Path("operator/Dockerfile")),
    Image("capture", Path("capture-image/Dockerfile")),
    Image(MINIO, Path("cluster/images/minio/Dockerfile")),
)


def version(repository: Path) -> str:
    """Read the project's version, which is every image's tag."""
    file = repository / "pyproject.toml"
    try:
        return str(tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"])
    except (FileNotFoundError, KeyError) as error:
        raise ClusterError(f"{file} has no [project] version; it names the images' tag.") from error


def tag(name: str, repository: Path) -> str:
    return f"docker.io/kubeshot/{name}:{version(repository)}"


def select(names: Sequence[str]) -> list[Image]:
    """Return the named images, or all."""
    known = {image.name: image for image in ALL}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ClusterError(f"There is no image {', '.join(unknown)}; known are {', '.join(known)}.")
    return [known[name] for name in names or known]
