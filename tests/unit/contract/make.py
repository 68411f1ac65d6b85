"""Specs, jobs and results that are valid as they come; a test names only what it is about."""

from dataclasses import replace
from typing import Any

from kubeshot_cli.schema import request_schema, with_defaults
from kubeshot_contract.egress import Egress
from kubeshot_contract.job import CaptureJob, UploadForm
from kubeshot_contract.options import Sandbox
from kubeshot_contract.parse_spec import parse_spec
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult, Failure, Outcome, Page, Stage, StageVerdict, StoredImage
from kubeshot_contract.spec import CaptureSpec

SPEC_SCHEMA = request_schema()["properties"]["spec"]


def make_form(**changes: Any) -> UploadForm:
    """Return a form for one key."""
    form = UploadForm(
        url="http://127.0.0.1:9/bucket",
        key="team/shot/5f2c/1/full.png",
        fields={"key": "team/shot/5f2c/1/full.png", "policy": "e30=", "x-amz-meta-uid": "5f2c"},
        max_bytes=1 << 26,
    )
    return replace(form, **changes)


def raw_spec(**fields: Any) -> dict[str, Any]:
    """Return a spec as the API server stores it: the given fields, and every default of the CRD.

    The page is a small window at a url, unless `url`, `html`, `htmlFrom`, `viewport` or `device` say otherwise.
    """
    page = {} if fields.keys() & {"url", "html", "htmlFrom"} else {"url": "http://127.0.0.1/"}
    window = {} if fields.keys() & {"viewport", "device"} else {"viewport": {"width": 800, "height": 600}}
    filled: dict[str, Any] = with_defaults({**page, **window, **fields}, SPEC_SCHEMA)
    return filled


def make_spec(**fields: Any) -> CaptureSpec:
    """Return a spec with these fields in the CRD's own spelling, such as `wait={"delay": "1s"}`."""
    return parse_spec(raw_spec(**fields))


def make_job(spec: CaptureSpec | None = None, **changes: Any) -> CaptureJob:
    """Return a job with a form per output."""
    spec = spec or make_spec()
    job = CaptureJob(
        namespace="team",
        name="shot",
        uid="5f2c0f6e-0000-4000-8000-000000000000",
        run=3,
        attempt=2,
        spec=spec,
        uploads={output.name: make_form() for output in spec.outputs},
        sandbox=Sandbox.DISABLED,
        egress=Egress(("127.0.0.0/8", "::1/128"), private_hosts=("preview.test",), denied_hosts=("*.ads.test",)),
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
        outputs=(StoredImage("screenshot", "ab" * 32, 1000, 800, 600, "0f" * 8),),
        peak_memory=300 << 20,
        notes=("an alert was dismissed",),
        refused_hosts=("10.0.0.1",),
        received=70_000,
    )
    return replace(result, **changes)
