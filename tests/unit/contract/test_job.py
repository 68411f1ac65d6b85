"""The job survives its way through environment variables, and nothing else passes for one."""

import base64
import json
import random
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.job import (
    JOB_VARIABLE,
    STORAGE_CA_VARIABLE,
    CaptureJob,
    UploadForm,
    decode_job,
    encode_job,
    encode_variables,
    take_job,
)
from kubeshot_contract.options import Sandbox
from unit.contract.make import make_form, make_job, make_spec, raw_spec

# What no compression makes small.
LONG = random.Random(1).randbytes(80_000).hex()


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(make_job(), id="a url"),
        pytest.param(make_job(make_spec(html="<p>$(PATH) ünï 😀 \x00")), id="HTML that the kubelet would expand"),
        pytest.param(make_job(make_spec(url="http://a/?$$=$(HOME)")), id="a url that the kubelet would expand"),
        pytest.param(make_job(make_spec(htmlFrom={"configMapKeyRef": {"name": "a", "key": "b"}})), id="a ConfigMap"),
        pytest.param(make_job(storage_ca="-----BEGIN CERTIFICATE-----\n"), id="certificates"),
        pytest.param(make_job(make_spec(outputs=[{"name": "a"}, {"name": "b", "format": "PDF"}])), id="two outputs"),
        pytest.param(make_job(uploads={"screenshot": make_form(fields={"b": "1", "a": "2"})}), id="fields in order"),
        pytest.param(make_job(sandbox=Sandbox.REQUIRED, deadline_ms=1), id="a sandbox and a short deadline"),
        pytest.param(make_job(make_spec(html=LONG)), id="more than one variable holds"),
    ],
)
def test_a_job_comes_out_as_it_went_in(job: CaptureJob) -> None:
    variables = encode_variables(job)
    assert take_job(variables) == job
    assert variables == {}


def test_a_variable_of_another_is_left_alone() -> None:
    environment = {**encode_variables(make_job()), "HOME": "/tmp"}
    take_job(environment)
    assert environment == {"HOME": "/tmp"}


def test_a_long_job_is_parted() -> None:
    variables = encode_variables(make_job(make_spec(html=LONG), storage_ca="ca"))
    assert list(variables) == [JOB_VARIABLE, f"{JOB_VARIABLE}_2", STORAGE_CA_VARIABLE]
    assert max(len(name) + 1 + len(value) + 1 for name, value in variables.items()) <= 128 << 10


def test_nothing_in_a_job_means_anything_to_the_kubelet_or_ends_a_variable() -> None:
    text = encode_job(make_job(make_spec(url="http://a/?$$=$(HOME)"), name="\n\x00"))
    assert text.isascii()
    assert text.isprintable()
    assert "$" not in text


def test_only_the_page_s_fields_travel() -> None:
    spec = raw_spec(storage={"keyPrefix": "reports/"}, suspend=False)
    message = json.loads(_opened(encode_job(make_job(make_spec(**spec)))))
    assert "storage" in spec
    assert (
        message["spec"].keys().isdisjoint({"storage", "priority", "suspend", "deadline", "retry", "captureClassName"})
    )


def test_a_form_keeps_its_key_and_limit() -> None:
    form = UploadForm("http://s3:9000/bucket", "a/b.png", {"policy": "e30="}, 5)
    assert take_job(encode_variables(make_job(uploads={"screenshot": form}))).uploads == {"screenshot": form}


def _opened(text: str) -> str:
    return zlib.decompress(base64.b64decode(text)).decode()


def _closed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"))).decode()


def _changed(**changes: object) -> str:
    return json.dumps({**json.loads(_opened(encode_job(make_job()))), **changes})


def _with_spec(change: Callable[[dict[str, Any]], object]) -> str:
    spec = raw_spec()
    change(spec)
    return _changed(spec=spec)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", "not JSON", id="nothing"),
        pytest.param("[]", "not a JSON object", id="a list"),
        pytest.param("{}", "version", id="an empty object"),
        pytest.param("[" * 100_000, "not JSON", id="brackets without end"),
        pytest.param(_changed(version=1), "version 1", id="another version"),
        pytest.param(_changed(version=True), "version", id="true is not a number"),
        pytest.param(_changed(attempt=-1), "attempt", id="a negative attempt"),
        pytest.param(_changed(attempt=1.5), "attempt", id="half an attempt"),
        pytest.param(_changed(deadlineMs=10**30), "deadlineMs", id="an endless deadline"),
        pytest.param(_changed(name="\ud800"), "name", id="a lone surrogate"),
        pytest.param(_changed(sandbox="Perhaps"), "sandbox", id="an unknown word"),
        pytest.param(_changed(spec=None), "spec", id="no spec"),
        pytest.param(_changed(uploads={}), "uploads.screenshot", id="an output without a form"),
        pytest.param(_with_spec(lambda spec: spec.pop("url")), "spec.htmlFrom", id="no page"),
        pytest.param(
            _with_spec(lambda spec: spec["viewport"].update(scale="2")), "viewport.scale", id="a text as scale"
        ),
        pytest.param(_changed().replace('"scale": 1', '"scale": NaN'), "viewport.scale", id="a scale that is none"),
        pytest.param(
            _changed().replace('"scale": 1', f'"scale": {"9" * 400}'), "viewport.scale", id="a scale without end"
        ),
        pytest.param(_changed().replace('"run": 3', f'"run": {"9" * 5000}'), "not JSON", id="more digits than fit"),
    ],
)
def test_what_is_not_a_job_is_refused_by_name(text: str, complaint: str) -> None:
    with pytest.raises(MalformedMessageError) as caught:
        decode_job(_closed(text))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("!", id="no Base64"),
        pytest.param("ü", id="no ASCII"),
        pytest.param("e30=", id="nothing compressed"),
        pytest.param(encode_job(make_job())[:400], id="the first part of a job"),
        pytest.param(base64.b64encode(zlib.compress(b"\xff")).decode(), id="no UTF-8"),
    ],
)
def test_what_is_not_even_encoded_is_refused(text: str) -> None:
    with pytest.raises(MalformedMessageError, match="not compressed text in Base64"):
        decode_job(text)


def test_a_missing_job_is_refused() -> None:
    with pytest.raises(MalformedMessageError):
        take_job({})
