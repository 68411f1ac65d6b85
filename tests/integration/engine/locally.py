"""Captures a page with the command, into a folder: no cluster, no bucket."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from kubeshot_contract.result import CaptureResult, decode_result

REPOSITORY = Path(__file__).parents[3]
LONGEST_SECONDS = 180
PATHS = ("capture-image", "cli")


@dataclass(frozen=True, slots=True)
class Captured:
    """How a capture ended, and the folder with its outputs."""

    exit_code: int
    result: CaptureResult
    folder: Path
    log: str

    @property
    def reason(self) -> str | None:
        """Why it failed, `None` when it didn't."""
        return self.result.failure.reason if self.result.failure else None

    def file(self, name: str = "screenshot.png") -> Path:
        """Return the path of an output."""
        return self.folder / name

    def picture(self, name: str = "screenshot.png") -> Image.Image:
        """Return an output decoded."""
        with Image.open(self.file(name)) as image:
            image.load()
            return image


def capture(folder: Path, environment: dict[str, str] | None = None, **spec: Any) -> Captured:
    """Capture a spec in the CRD's own spelling; what is not given gets the CRD's default.

    `environment` may hold `CAPTURE_SECRET_1` and the like, and `CAPTURE_FILES`.
    """
    request = folder / "request.yaml"
    # JSON is YAML.
    request.write_text(json.dumps({"spec": {"viewport": {"width": 800, "height": 600}, **spec}}))
    done = subprocess.run(
        [sys.executable, "-m", "kubeshot_cli", "capture", "-f", str(request), "-o", str(folder / "out")],
        env={**os.environ, "PYTHONPATH": ":".join(str(REPOSITORY / path) for path in PATHS), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    result_file = folder / "out" / "result.json"
    assert result_file.exists(), done.stderr
    return Captured(done.returncode, decode_result(result_file.read_text()), folder / "out", done.stderr)
