"""Captures a page with the command, into a folder: no cluster, no bucket."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from kubeshot_cli.schema import request_schema, with_defaults
from kubeshot_contract.fields import Fields
from kubeshot_contract.parse_spec import parse_spec
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult, Failure, Outcome, Page, Stage, StageVerdict, StoredImage
from kubeshot_contract.secret_values import (
    HTML_FILE,
    STORAGE_STATE_FILE,
    mounted_config_map,
    mounted_secret,
    secret_variables,
)

REPOSITORY = Path(__file__).parents[3]
LONGEST_SECONDS = 180
PATHS = ("capture-image", "cli")
# Root can't have Chromium's sandbox.
SANDBOX = "Disabled" if os.geteuid() == 0 else "Required"


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

    `environment` may hold `CAPTURE_SECRET_1` and the like, and `CAPTURE_FILES`, as the kubelet would set them.
    """
    request = folder / "request.yaml"
    window = {} if "device" in spec else {"viewport": {"width": 800, "height": 600}}
    request.write_text(_manifest({**window, **spec}, environment or {}))
    done = run_command("-f", str(request), "-o", str(folder / "out"), "--json", environment=environment)
    assert done.stdout, done.stderr
    return Captured(done.returncode, _result(json.loads(done.stdout)), folder / "out", done.stderr)


def run_command(
    *words: str, environment: dict[str, str] | None = None, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `kubeshot capture` with these words, and this text as its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "kubeshot_cli", "capture", "--sandbox", SANDBOX, *words],
        env=command_environment(environment),
        input=text,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )


def command_environment(changes: dict[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which the command of this checkout is found."""
    return {**os.environ, "PYTHONPATH": ":".join(str(REPOSITORY / path) for path in PATHS), **(changes or {})}


def _manifest(raw: dict[str, Any], environment: dict[str, str]) -> str:
    """Return the request, with a Secret for each value that it names; several documents, and JSON is YAML."""
    request = {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "ScreenshotRequest",
        "metadata": {"name": "shot"},
        "spec": raw,
    }
    spec = parse_spec(with_defaults(raw, request_schema()["properties"]["spec"]))
    files = Path(environment.get("CAPTURE_FILES", "/nowhere"))
    state, page = mounted_secret(spec), mounted_config_map(spec)
    documents = [request] + [
        _keeper("Secret", "stringData", secret.name, {secret.key: environment[variable]})
        for secret, variable in secret_variables(spec).items()
        if variable in environment
    ]
    if state and (file := files / STORAGE_STATE_FILE).exists():
        documents.append(_keeper("Secret", "stringData", state.name, {state.key: file.read_text()}))
    if page and (file := files / HTML_FILE).exists():
        documents.append(_keeper("ConfigMap", "data", page.name, {page.key: file.read_text()}))
    return "\n---\n".join(json.dumps(document) for document in documents)


def _keeper(kind: str, field: str, name: str, values: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, field: values}


def _result(answer: dict[str, Any]) -> CaptureResult:
    fields = Fields(answer)
    verdict = fields.object("verdict")
    return CaptureResult(
        run=1,
        attempt=1,
        finished=True,
        failure=_failure(fields.optional_object("failure")),
        page=_page(fields.optional_object("page")),
        stages=verdict.items("stages", _stage),
        outputs=fields.items("outputs", _output),
        notes=verdict.optional_strings("notes"),
    )


def _page(page: Fields | None) -> Page | None:
    if page is None:
        return None
    return Page(page.text("finalURL"), page.optional_integer("httpStatus"), page.text("title"))


def _failure(failure: Fields | None) -> Failure | None:
    if failure is None:
        return None
    return Failure(failure.choice("reason", Reason), failure.text("message"), failure.boolean("retryable"))


def _stage(stage: Fields) -> StageVerdict:
    return StageVerdict(stage.choice("name", Stage), stage.choice("outcome", Outcome), stage.integer("milliseconds"))


def _output(output: Fields) -> StoredImage:
    return StoredImage(
        output.text("name"),
        output.text("sha256"),
        output.integer("bytes"),
        output.optional_integer("width"),
        output.optional_integer("height"),
        output.optional_text("perceptualHash"),
    )
