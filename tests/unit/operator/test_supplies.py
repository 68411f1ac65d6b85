"""What a request names is there for its capture, by the kubelet's hand; what is not there is said in a sentence."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.supplies import Supplies, take_supplies
from kubeshot_contract.reasons import Reason
from kubeshot_contract.secret_values import FILES_FOLDER
from kubeshot_contract.spec import SecretKey
from kubeshot_operator.decide.supplies import supply_mounts, supply_variables, supply_volumes
from unit.contract.make import make_spec

Data = dict[str, dict[str, str]]


def key_of(name: str, key: str) -> dict[str, Any]:
    """Return a reference to a Secret's value."""
    return {"secretKeyRef": {"name": name, "key": key}}


TOKEN = {"name": "X-Token", "valueFrom": key_of("api", "token")}
SESSION = {"name": "sid", "valueFrom": key_of("login", "sid")}


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({}, []),
        ({"headers": [{"name": "X-Env", "value": "prod"}]}, []),
        ({"headers": [TOKEN]}, [("api", "token")]),
        ({"cookies": [SESSION]}, [("login", "sid")]),
        ({"basicAuth": {"secretRef": {"name": "door"}}}, [("door", "username"), ("door", "password")]),
        ({"headers": [TOKEN], "cookies": [SESSION]}, [("api", "token"), ("login", "sid")]),
        ({"headers": [TOKEN, TOKEN | {"name": "X-Other"}]}, [("api", "token")]),
        ({"storageState": key_of("session", "state.json")}, []),
    ],
    ids=["nothing", "a plain value", "header", "cookie", "basic auth", "two", "one value twice", "a file"],
)
def test_each_value_of_a_secret_has_a_variable(request_: dict[str, Any], named: list[tuple[str, str]]) -> None:
    expected = [
        {
            "name": f"CAPTURE_SECRET_{number}",
            "valueFrom": {"secretKeyRef": {"name": name, "key": key, "optional": True}},
        }
        for number, (name, key) in enumerate(named, start=1)
    ]
    assert supply_variables(make_spec(request=request_)) == expected


@pytest.mark.parametrize(
    ("page", "volumes"),
    [
        ({}, []),
        (
            {"request": {"storageState": key_of("session", "cookies")}},
            [
                {
                    "name": "storage-state",
                    "secret": {
                        "secretName": "session",
                        "items": [{"key": "cookies", "path": "state.json"}],
                        "defaultMode": 0o444,
                        "optional": True,
                    },
                }
            ],
        ),
        (
            {"htmlFrom": {"configMapKeyRef": {"name": "pages", "key": "home"}}},
            [
                {
                    "name": "html",
                    "configMap": {
                        "name": "pages",
                        "items": [{"key": "home", "path": "page.html"}],
                        "defaultMode": 0o444,
                        "optional": True,
                    },
                }
            ],
        ),
    ],
    ids=["nothing", "storage state", "page"],
)
def test_each_file_has_a_volume_with_nothing_else_in_it(page: dict[str, Any], volumes: list[dict[str, Any]]) -> None:
    spec = make_spec(**page)
    assert supply_volumes(spec) == volumes
    assert supply_mounts(spec) == [
        {"name": volume["name"], "mountPath": f"/kubeshot/{volume['name']}", "readOnly": True} for volume in volumes
    ]


@dataclass
class Kubelet:
    """Does what the kubelet does with a pod's variables and volumes, below a folder. It never fails an optional one."""

    folder: Path
    secrets: Data = field(default_factory=dict)
    config_maps: Data = field(default_factory=dict)

    def supply(self, **page: Any) -> Supplies:
        """Return what the capture of a page finds."""
        spec = make_spec(**page)
        folders = {mount["name"]: mount["mountPath"] for mount in supply_mounts(spec)}
        for volume in supply_volumes(spec):
            self._mount(volume, self.folder / folders[volume["name"]].removeprefix(f"{FILES_FOLDER}/"))
        environment: dict[str, str] = {}
        for variable in supply_variables(spec):
            reference = variable["valueFrom"]["secretKeyRef"]
            value = self.secrets.get(reference["name"], {}).get(reference["key"])
            environment |= {} if value is None else {variable["name"]: value}
        return take_supplies(spec, environment, self.folder)

    def _mount(self, volume: dict[str, Any], folder: Path) -> None:
        folder.mkdir()
        if "secret" in volume:
            source, data = volume["secret"], self.secrets.get(volume["secret"]["secretName"], {})
        else:
            source, data = volume["configMap"], self.config_maps.get(volume["configMap"]["name"], {})
        for item in source["items"]:
            if item["key"] in data:
                (folder / item["path"]).write_text(data[item["key"]], encoding="utf-8")


def test_capture_finds_what_the_request_names(tmp_path: Path) -> None:
    secrets = {
        "api": {"token": "t0ken"},
        "login": {"sid": "s1d"},
        "door": {"username": "me", "password": "pa$$(HOME)"},
        "session": {"state.json": "{}"},
    }
    supplies = Kubelet(tmp_path, secrets).supply(
        request={
            "headers": [TOKEN],
            "cookies": [SESSION],
            "basicAuth": {"secretRef": {"name": "door"}},
            "storageState": key_of("session", "state.json"),
        }
    )
    keys = [("api", "token"), ("login", "sid"), ("door", "username"), ("door", "password")]
    assert supplies.secrets == {SecretKey(name, key): secrets[name][key] for name, key in keys}
    assert supplies.storage_state == "{}"


def test_capture_finds_the_page_of_a_config_map(tmp_path: Path) -> None:
    page = {"htmlFrom": {"configMapKeyRef": {"name": "pages", "key": "home"}}}
    assert Kubelet(tmp_path, config_maps={"pages": {"home": "<p>é"}}).supply(**page).html == "<p>é"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ({"request": {"headers": [TOKEN]}}, "no key token in the Secret api"),
        ({"request": {"cookies": [SESSION]}}, "no key sid in the Secret login"),
        ({"request": {"basicAuth": {"secretRef": {"name": "door"}}}}, "no key username in the Secret door"),
        ({"request": {"storageState": key_of("session", "state.json")}}, "no key state.json in the Secret session"),
        ({"htmlFrom": {"configMapKeyRef": {"name": "pages", "key": "home"}}}, "no key home in the ConfigMap pages"),
    ],
    ids=["header", "cookie", "basic auth", "storage state", "page"],
)
@pytest.mark.parametrize("data", [{}, {"other": "x"}], ids=["nothing there", "another key there"])
def test_what_is_missing_is_named_and_looked_for_again(
    tmp_path: Path, page: dict[str, Any], told: str, data: dict[str, str]
) -> None:
    there = {name: data for name in ("api", "login", "door", "session", "pages") if data}
    with pytest.raises(CaptureError, match=told) as failed:
        Kubelet(tmp_path, there, there).supply(**page)
    assert (failed.value.failure.reason, failed.value.failure.retryable) == (Reason.INVALID_REQUEST, True)
