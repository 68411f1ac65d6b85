"""Values of Secrets reach the page and are told nowhere; what is missing is named, and found when it comes."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from e2e.bucket import Storage
from e2e.kubectl import Kubectl, Object
from e2e.space import OPERATOR, OPERATOR_NAMESPACE, Shot, Space
from e2e.website import Website

NAME = "asked"
NAMES = ("token", "sid", "username", "password", "session")


def digest(text: str) -> str:
    """Return what the site shows of a value."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def basic(values: Mapping[str, str]) -> str:
    """Return the header that a user and a password become."""
    login = f"{values['username']}:{values['password']}"
    return f"Basic {encoded(login)}"


def make_secret(space: Space, name: str, values: Mapping[str, str]) -> Object:
    metadata = {"name": name, "namespace": space.namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": dict(values)}


def make_config_map(space: Space, name: str, values: Mapping[str, str]) -> Object:
    metadata = {"name": name, "namespace": space.namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(values)}


def from_secret(key: str) -> dict[str, Any]:
    return {"secretKeyRef": {"name": NAME, "key": key}}


@pytest.fixture(scope="module")
def values() -> dict[str, str]:
    """Values that nobody else has."""
    return {name: secrets.token_hex(16) for name in NAMES}


@pytest.fixture(scope="module")
def captured(shared_space: Space, site: Website, kubectl: Kubectl, values: dict[str, str]) -> Shot:
    """A request whose page was asked with all kinds of values."""
    domain = urlsplit(site.url("/")).hostname
    cookie = {"name": "session", "value": values["session"], "domain": domain, "path": "/", "expires": -1}
    flags = {"httpOnly": True, "secure": False, "sameSite": "Lax"}
    state = json.dumps({"cookies": [cookie | flags], "origins": []})
    kubectl.apply(make_secret(shared_space, NAME, values | {"state.json": state}))
    request = {
        "headers": [{"name": "X-Token", "valueFrom": from_secret("token")}],
        "cookies": [{"name": "sid", "valueFrom": from_secret("sid")}],
        "basicAuth": {"secretRef": {"name": NAME}},
        "storageState": from_secret("state.json"),
    }
    return shared_space.request(NAME, site.url("/asked?of=secrets"), request=request).until("Succeeded")


def test_the_page_was_asked_with_the_values(captured: Shot, values: dict[str, str]) -> None:
    expected = {
        "Authorization": basic(values),
        "X-Token": values["token"],
        "session": values["session"],
        "sid": values["sid"],
    }
    assert captured.status["page"]["title"] == " ".join(f"{name}={digest(value)}" for name, value in expected.items())


@pytest.fixture(scope="module")
def told(captured: Shot, kubectl: Kubectl) -> dict[str, str]:
    """All that was ever said of the request, by who said it."""
    space = captured.space
    captured.until_no_pod()
    return {
        "request": json.dumps(space.states(NAME)),
        "pod": json.dumps([space.pod_states(pod) for pod in sorted(space.pods_ever())]),
        "events": json.dumps(kubectl.items("events", "-n", space.namespace)),
        "operator": kubectl.run("logs", "-n", OPERATOR_NAMESPACE, "-l", OPERATOR, "--since=10m", "--tail=-1"),
    }


def test_who_could_have_told_has_spoken(captured: Shot, told: dict[str, str]) -> None:
    assert '"phase": "Succeeded"' in told["request"]
    assert "CAPTURE_SECRET_4" in told["pod"]
    assert "Captured" in told["events"]
    assert captured.space.namespace in told["operator"]


@pytest.mark.parametrize("where", ["request", "pod", "events", "operator"])
def test_a_value_is_told_nowhere(told: dict[str, str], values: dict[str, str], where: str) -> None:
    forms = {name: (value, encoded(value)) for name, value in values.items()} | {"basic": (basic(values),)}
    assert [name for name, written in forms.items() if any(form in told[where] for form in written)] == []


def test_a_secret_that_is_missing_is_named_and_found_when_it_comes(
    space: Space, site: Website, kubectl: Kubectl
) -> None:
    request = {"basicAuth": {"secretRef": {"name": "late"}}}
    shot = space.request("early", site.url("/asked?of=late"), request=request, retry={"limit": 10})
    first = shot.until_reason("InvalidRequest").attempts[0]
    assert first["reason"] == "InvalidRequest"
    assert "key username in the Secret late" in first["message"]
    login = {"username": "me", "password": "$(HOME) $$"}
    kubectl.apply(make_secret(space, "late", login))
    shot.until("Succeeded", within=90)
    assert shot.status["page"]["title"] == f"Authorization={digest(basic(login))}"


def test_a_page_in_a_config_map_is_captured(space: Space, kubectl: Kubectl, storage: Storage) -> None:
    html = f"<!doctype html><title>Mapped $(HOME) é</title><body style='background: #e05a5a'>{'x' * 100_000}"
    kubectl.apply(make_config_map(space, "pages", {"home.html": html, "other": "no page"}))
    page = {"htmlFrom": {"configMapKeyRef": {"name": "pages", "key": "home.html"}}}
    shot = space.requests({"mapped": page})["mapped"].until("Succeeded")
    output = shot.status["outputs"][0]
    assert shot.status["page"]["title"] == "Mapped $(HOME) é"
    assert hashlib.sha256(storage.download(output["bucket"], output["key"]).content).hexdigest() == output["sha256"]


def test_a_page_whose_config_map_is_missing_fails_and_names_it(space: Space) -> None:
    page = {"htmlFrom": {"configMapKeyRef": {"name": "no-pages", "key": "home.html"}}, "retry": {"limit": 0}}
    shot = space.requests({"unmapped": page})["unmapped"].until("Failed")
    assert shot.reason == "InvalidRequest"
    assert "key home.html in the ConfigMap no-pages" in shot.message
