"""Which values the kubelet looks up, and under which names."""

from typing import Any

import pytest

from kubeshot_contract.secret_values import mounted_config_map, mounted_secret, secret_variables
from kubeshot_contract.spec import ConfigMapSource, SecretKey
from unit.contract.make import make_spec


def value_from(name: str, key: str) -> dict[str, Any]:
    return {"valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


@pytest.mark.parametrize(
    ("request_fields", "secrets"),
    [
        pytest.param({}, [], id="none"),
        pytest.param({"headers": [{"name": "a", "value": "b"}]}, [], id="a header in the clear"),
        pytest.param({"headers": [{"name": "a", **value_from("s", "k")}]}, [SecretKey("s", "k")], id="a header"),
        pytest.param({"cookies": [{"name": "a", **value_from("s", "k")}]}, [SecretKey("s", "k")], id="a cookie"),
        pytest.param(
            {"basicAuth": {"secretRef": {"name": "s"}}},
            [SecretKey("s", "username"), SecretKey("s", "password")],
            id="a login",
        ),
        pytest.param(
            {
                "cookies": [{"name": "a", **value_from("s", "k")}, {"name": "b", **value_from("s", "l")}],
                "headers": [{"name": "c", **value_from("s", "l")}],
            },
            [SecretKey("s", "l"), SecretKey("s", "k")],
            id="one value twice, headers first",
        ),
        pytest.param({"storageState": value_from("s", "k")["valueFrom"]}, [], id="a session, which is a file"),
    ],
)
def test_each_value_has_one_variable(request_fields: dict[str, Any], secrets: list[SecretKey]) -> None:
    variables = secret_variables(make_spec(request=request_fields))
    assert list(variables) == secrets
    assert list(variables.values()) == [f"CAPTURE_SECRET_{number}" for number in range(1, len(secrets) + 1)]


def test_the_files_of_a_spec_are_its_session_and_its_page() -> None:
    spec = make_spec(
        htmlFrom={"configMapKeyRef": {"name": "pages", "key": "a.html"}},
        request={"storageState": value_from("s", "state.json")["valueFrom"]},
    )
    assert mounted_secret(spec) == SecretKey("s", "state.json")
    assert mounted_config_map(spec) == ConfigMapSource("pages", "a.html")


def test_most_specs_have_no_files() -> None:
    assert mounted_secret(make_spec()) is None
    assert mounted_config_map(make_spec(html="<p>")) is None
