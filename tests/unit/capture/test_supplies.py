"""What the kubelet supplies is found, taken away, and known as what must not be told."""

import json
from pathlib import Path

import pytest

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.redaction import Redaction
from kubeshot_capture.supplies import Supplies, take_supplies
from kubeshot_contract.reasons import Reason
from kubeshot_contract.secret_values import STORAGE_STATE_FILE
from kubeshot_contract.spec import SecretKey
from unit.contract.make import make_spec

HEADER = {"name": "X-Key", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "one"}}}
STATE = {"secretKeyRef": {"name": "session", "key": "state.json"}}


def test_values_are_taken_out_of_the_environment(tmp_path: Path) -> None:
    environment = {"CAPTURE_SECRET_1": "value", "HOME": "/"}
    supplies = take_supplies(make_spec(request={"headers": [HEADER]}), environment, tmp_path)
    assert supplies.value(SecretKey("keys", "one")) == "value"
    assert environment == {"HOME": "/"}


def test_a_missing_value_is_named_and_may_come_yet(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="key one in the Secret keys") as caught:
        take_supplies(make_spec(request={"headers": [HEADER]}), {}, tmp_path)
    assert caught.value.reason is Reason.INVALID_REQUEST
    assert caught.value.failure.retryable


def test_a_session_comes_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / STORAGE_STATE_FILE
    file.parent.mkdir()
    file.write_text("{}")
    assert take_supplies(make_spec(request={"storageState": STATE}), {}, tmp_path).storage_state == "{}"


@pytest.mark.parametrize("kind", ["a variable", "a file"])
def test_what_is_not_text_is_named(tmp_path: Path, kind: str) -> None:
    file = tmp_path / STORAGE_STATE_FILE
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe")
    request = {"headers": [HEADER]} if kind == "a variable" else {"storageState": STATE}
    # As Python reads the byte 0xff of a variable.
    with pytest.raises(
        CaptureError, match=r"the key (one|state.json) of the Secret (keys|session) is not UTF-8"
    ) as caught:
        take_supplies(make_spec(request=request), {"CAPTURE_SECRET_1": "\udcff"}, tmp_path)
    assert caught.value.reason is Reason.INVALID_REQUEST
    assert not caught.value.failure.retryable


def test_supplies_do_not_show_what_they_hold() -> None:
    supplies = Supplies(secrets={SecretKey("keys", "one"): "hunter2"}, storage_state="hunter3", html="hunter4")
    assert "hunter" not in repr(supplies)


def cleaned(supplies: Supplies, text: str) -> str:
    redaction = Redaction()
    redaction.hide(supplies.hidden())
    return redaction.clean(text)


def test_a_login_is_hidden_as_it_is_sent() -> None:
    secrets = {SecretKey("login", "password"): "p:w-long", SecretKey("login", "username"): "ann"}
    # "ann:p:w-long" in Base64.
    assert cleaned(Supplies(secrets=secrets), "Basic YW5uOnA6dy1sb25n") == "Basic [redacted]"


def test_what_is_inside_of_a_session_is_hidden() -> None:
    state = {
        "cookies": [{"name": "sid", "value": "cookie-7f3a9c", "domain": "example.com", "path": "/account"}],
        "origins": [
            {
                "origin": "https://example.com",
                "localStorage": [
                    {"name": "auth", "value": json.dumps({"user": {"token": "nested-7f3a9c"}, "on": True})},
                    {"name": "theme", "value": "dark"},
                ],
            }
        ],
    }
    text = "cookie-7f3a9c nested-7f3a9c dark https://example.com/account sid"
    assert cleaned(Supplies(storage_state=json.dumps(state)), text) == (
        "[redacted] [redacted] dark https://example.com/account sid"
    )


def test_a_session_that_is_none_is_hidden_as_a_whole() -> None:
    assert cleaned(Supplies(storage_state="{broken session"), "got {broken session") == "got [redacted]"
