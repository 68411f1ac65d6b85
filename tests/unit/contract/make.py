"""Jobs and results that are valid as they come; a test names only what it is about."""

from dataclasses import replace
from typing import Any

from kubeshot_contract.job import (
    Area,
    CaptureJob,
    ImageFormat,
    OnTimeout,
    OutputJob,
    Sandbox,
    Source,
    Until,
    UploadForm,
    URLSource,
    Viewport,
    WaitRule,
)
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import (
    CaptureResult,
    Failure,
    Outcome,
    Page,
    Stage,
    StageVerdict,
    StoredImage,
)


def make_form(**changes: Any) -> UploadForm:
    """Return a form for one key."""
    form = UploadForm(
        url="http://127.0.0.1:9/bucket",
        key="team/shot/5f2c/1/full.png",
        fields={"key": "team/shot/5f2c/1/full.png", "policy": "e30=", "x-amz-meta-uid": "5f2c"},
        max_bytes=1 << 26,
    )
    return replace(form, **changes)


def make_output(**changes: Any) -> OutputJob:
    """Return a PNG of the viewport."""
    return replace(OutputJob("screenshot", Area.VIEWPORT, ImageFormat.PNG, None, make_form()), **changes)


def make_wait(**changes: Any) -> WaitRule:
    """Return the defaults of a request."""
    return replace(WaitRule(Until.SETTLED, 0, 20_000, OnTimeout.CAPTURE), **changes)


def make_job(source: Source | None = None, **changes: Any) -> CaptureJob:
    """Return a job of one output."""
    job = CaptureJob(
        namespace="team",
        name="shot",
        uid="5f2c0f6e-0000-4000-8000-000000000000",
        run=3,
        attempt=2,
        source=source or URLSource("http://127.0.0.1/"),
        viewport=Viewport(800, 600, 1.0),
        wait=make_wait(),
        fail_on_http_status=True,
        outputs=(make_output(),),
        sandbox=Sandbox.DISABLED,
        deadline_ms=60_000,
    )
    return replace(job, **changes)


def make_result(**changes: Any) -> CaptureResult:
    """Return a result with something in every field."""
    result = CaptureResult(
        run=3,
        attempt=2,
        finished=True,
        failure=Failure(Reason.HTTP_ERROR, "the server answered 503", retryable=True),
        page=Page("https://example.com/", 503, "Sorry"),
        stages=(StageVerdict(Stage.OPEN, Outcome.SETTLED, 40), StageVerdict(Stage.GATE, Outcome.FAILED, 0)),
        outputs=(StoredImage("screenshot", "ab" * 32, 1000, 800, 600),),
        peak_memory=300 << 20,
    )
    return replace(result, **changes)
