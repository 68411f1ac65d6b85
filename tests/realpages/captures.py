"""Captures one page with the command, and looks at what came of it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from integration.engine.locally import SANDBOX, command_environment

LONGEST_SECONDS = 180
Image.MAX_IMAGE_PIXELS = None

# Three pages of the selection are taller than a picture may be.
OUTPUTS: list[dict[str, Any]] = [{"name": "window"}, {"name": "page", "area": "FullPage", "maxHeight": 100_000}]


@dataclass(frozen=True, slots=True)
class Looked:
    """One page, and what is to be said of it. `complaint` is why it doesn't count as captured."""

    package: str
    name: str
    folder: Path
    complaint: str | None
    late: tuple[str, ...]
    """The stages that were cut short by their time; none of a page that has settled."""
    milliseconds: int
    height: int
    notes: tuple[str, ...]
    starts_alike: bool
    """Whether the full page begins with what the window shows."""


@dataclass(frozen=True, slots=True)
class Target:
    """A page to capture, and where its pictures go."""

    package: str
    name: str
    url: str
    folder: Path


def look(target: Target) -> Looked:
    """Capture a page in its window and in full."""
    answer, complaint = _capture(target)
    complaint = complaint or _blank(target.folder)
    stages = answer["verdict"]["stages"] if answer else []
    return Looked(
        package=target.package,
        name=target.name,
        folder=target.folder,
        complaint=complaint,
        late=tuple(stage["name"] for stage in stages if stage["outcome"] == "TimedOut"),
        milliseconds=sum(stage["milliseconds"] for stage in stages),
        height=0 if complaint else _height(target.folder),
        notes=tuple(answer["verdict"]["notes"]) if answer else (),
        starts_alike=complaint is not None or _starts_alike(target.folder),
    )


def _capture(target: Target) -> tuple[dict[str, Any] | None, str | None]:
    request = {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "ScreenshotRequest",
        "metadata": {"name": "page"},
        "spec": {"url": target.url, "outputs": OUTPUTS},
    }
    command = [sys.executable, "-m", "kubeshot_cli", "capture", "-f", "-", "-o", str(target.folder), "--json"]
    done = subprocess.run(
        [*command, "--sandbox", SANDBOX, "--timeout", "120s"],
        input=json.dumps(request),
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if not done.stdout:
        return None, (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    answer: dict[str, Any] = json.loads(done.stdout)
    failure = answer["failure"]
    return answer, failure and f"{failure['reason']}: {failure['message']}"


def _blank(folder: Path) -> str | None:
    for output in OUTPUTS:
        with Image.open(folder / f"{output['name']}.png") as picture:
            if picture.convert("L").getcolors(maxcolors=1):
                return f"the picture {output['name']} is of one colour"
    return None


def _height(folder: Path) -> int:
    with Image.open(folder / "page.png") as picture:
        return picture.height


def _starts_alike(folder: Path) -> bool:
    with Image.open(folder / "window.png") as window, Image.open(folder / "page.png") as page:
        top = page.convert("RGB").crop((0, 0, window.width, window.height))
        return ImageChops.difference(window.convert("RGB"), top).getbbox() is None
