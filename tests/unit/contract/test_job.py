"""The job survives its way through an environment variable, and nothing else passes for one."""

import json
from typing import Any

import pytest

from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.job import (
    JOB_VARIABLE,
    STORAGE_CA_VARIABLE,
    HTMLSource,
    ImageFormat,
    URLSource,
    decode_job,
    encode_job,
    encode_variables,
)
from unit.contract.make import make_job, make_output


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(make_job(), id="a url"),
        pytest.param(make_job(HTMLSource("<p>$(PATH) ünï 😀 \x00")), id="HTML that the kubelet would expand"),
        pytest.param(make_job(URLSource("http://a/?$$=$(HOME)")), id="a url that the kubelet would expand"),
        pytest.param(make_job(storage_ca="-----BEGIN CERTIFICATE-----\n"), id="a CA bundle"),
        pytest.param(
            make_job(outputs=(make_output(), make_output(name="b", format=ImageFormat.JPEG, quality=40))),
            id="two outputs",
        ),
    ],
)
def test_a_job_comes_out_as_it_went_in(job: Any) -> None:
    variables = encode_variables(job)
    assert decode_job(variables[JOB_VARIABLE], variables.get(STORAGE_CA_VARIABLE)) == job


def test_a_job_is_one_line_without_references_that_the_kubelet_expands() -> None:
    text = encode_job(make_job(URLSource("http://a/?$$=$(HOME)"), name="\n"))
    assert "$" not in text
    assert "\n" not in text


def _changed(**changes: object) -> str:
    return json.dumps({**json.loads(encode_job(make_job())), **changes})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", "not JSON", id="nothing"),
        pytest.param("[]", "not a JSON object", id="a list"),
        pytest.param("{}", "version", id="an empty object"),
        pytest.param("[" * 100_000, "not JSON", id="brackets without end"),
        pytest.param(_changed(version=2), "version 2", id="another version"),
        pytest.param(_changed(version=True), "version", id="true is not a number"),
        pytest.param(_changed(attempt=-1), "attempt", id="a negative attempt"),
        pytest.param(_changed(attempt=1.5), "attempt", id="half an attempt"),
        pytest.param(_changed(deadlineMs=10**30), "deadlineMs", id="an endless deadline"),
        pytest.param(_changed(name="\ud800"), "name", id="a lone surrogate"),
        pytest.param(_changed(source={"htmlBase64": "!"}), "htmlBase64", id="no Base64"),
        pytest.param(_changed(source={"htmlBase64": "/w=="}), "htmlBase64", id="no UTF-8"),
        pytest.param(_changed(source={}), "htmlBase64", id="no source"),
        pytest.param(_changed(outputs={}), "outputs", id="outputs that are no list"),
        pytest.param(_changed(outputs=[1]), "outputs[0]", id="an output that is a number"),
        pytest.param(_changed(sandbox="Perhaps"), "sandbox", id="an unknown word"),
        pytest.param(
            _changed(viewport={"width": 1, "height": 1, "scale": "2"}), "viewport.scale", id="a text as scale"
        ),
        pytest.param(
            _changed().replace('"scale": 1.0', '"scale": NaN'), "viewport.scale", id="a scale that is not a number"
        ),
        pytest.param(_changed().replace('"scale": 1.0', f'"scale": {"9" * 400}'), "viewport.scale", id="a huge scale"),
        pytest.param(_changed().replace('"run": 3', f'"run": {"9" * 5000}'), "not JSON", id="more digits than fit"),
    ],
)
def test_what_is_not_a_job_is_refused_by_name(text: str, complaint: str) -> None:
    with pytest.raises(MalformedMessageError) as caught:
        decode_job(text)
    assert complaint in str(caught.value)
