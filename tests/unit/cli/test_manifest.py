"""What a file may hold, and where the values of Secrets come from."""

from pathlib import Path

import pytest

from kubeshot_cli.kept_values import read_given, supplies_for
from kubeshot_cli.manifest import Manifest, choose, name_of, read_manifest
from kubeshot_cli.problems import CommandError
from kubeshot_contract.spec import CaptureSpec
from unit.contract.make import make_spec

REQUEST = """
apiVersion: kubeshot.dev/v1alpha1
kind: ScreenshotRequest
metadata: {{name: {name}}}
spec: {{url: http://127.0.0.1/}}
"""
SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: login}
data: {user: bWU=, token: b2xk}
stringData: {token: new}
"""


def manifest(*documents: str) -> Manifest:
    return read_manifest("\n---\n".join(documents), "it")


def request(name: str) -> str:
    return REQUEST.format(name=name)


def header_from(name: str, key: str) -> CaptureSpec:
    return make_spec(request={"headers": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]})


def test_a_file_holds_several_requests_and_their_secrets() -> None:
    found = manifest(request("a"), SECRET, request("b"), "# nothing but a comment")
    assert [name_of(each) for each in found.requests] == ["a", "b"]
    assert found.secrets == {("login", "user"): b"me", ("login", "token"): b"new"}


def test_a_list_is_opened() -> None:
    found = read_manifest(f'{{"kind": "List", "items": [{{"kind": "Secret", "apiVersion": "v1"}}, {TINY}]}}', "it")
    assert [name_of(each) for each in found.requests] == ["a"]


TINY = '{"apiVersion": "kubeshot.dev/v1alpha1", "kind": "ScreenshotRequest", "metadata": {"name": "a"}, "spec": {}}'


def test_a_config_map_has_texts_and_bytes() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: x}\nbinaryData: {b: eQ==}"
    assert manifest(request("a"), text).config_maps == {("c", "a"): b"x", ("c", "b"): b"y"}


def test_a_time_stays_a_text() -> None:
    [found] = manifest(request("a").replace("spec: {", "spec: {emulate: {clock: 2026-01-01T00:00:00Z}, ")).requests
    assert found["spec"]["emulate"]["clock"] == "2026-01-01T00:00:00Z"


REFUSED = {
    "no YAML": ("a: [", "it is not YAML"),
    "a key twice": ("kind: Secret\nkind: Secret", "the key kind stands twice"),
    "nothing": ("", "it holds no ScreenshotRequest"),
    "a Secret alone": (SECRET, "it holds no ScreenshotRequest"),
    "no object": ("- 1", "document 1 is no Kubernetes object"),
    "other kinds": (
        "kind: Pod\n---\nkind: CaptureClass",
        "it holds CaptureClass, Pod, and only ScreenshotRequest, Secret and ConfigMap are understood here",
    ),
    "another version": (
        request("a").replace("v1alpha1", "v2"),
        "the apiVersion of a ScreenshotRequest is kubeshot.dev/v1alpha1, not kubeshot.dev/v2",
    ),
    "plain text in data": (
        request("a") + "---" + SECRET.replace("bWU=", "hunter2!"),
        "data.user of the Secret login is not Base64: write plain text under stringData",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_read_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(CommandError) as refusal:
        read_manifest(text, "it")
    assert sentence in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_request_is_chosen_by_its_name() -> None:
    requests = manifest(request("a"), request("b")).requests
    assert [name_of(each) for each in choose(requests, "b", "it")] == ["b"]
    assert len(choose(requests, None, "it")) == 2
    with pytest.raises(CommandError, match="it holds no request c, only a, b"):
        choose(requests, "c", "it")


def test_two_requests_of_one_name_are_refused() -> None:
    with pytest.raises(CommandError, match="two requests of the name a"):
        choose(manifest(request("a"), request("a")).requests, None, "it")


def test_a_value_comes_from_the_file() -> None:
    spec = header_from("login", "token")
    supplies = supplies_for(spec, manifest(request("a"), SECRET), {})
    assert supplies.value(spec.request.headers[0].value) == "new"


def test_a_value_that_is_given_wins(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file")
    environment = {"USER_NAME": "from a variable"}
    given = read_given([f"login/token=file:{tmp_path}/token", "login/user=env:USER_NAME"], environment)
    found = manifest(request("a"), SECRET)
    for key, expected in (("token", "from a file"), ("user", "from a variable")):
        spec = header_from("login", key)
        assert supplies_for(spec, found, given).value(spec.request.headers[0].value) == expected


def test_every_value_that_is_nowhere_is_told() -> None:
    spec = make_spec(
        htmlFrom={"configMapKeyRef": {"name": "pages", "key": "index.html"}},
        request={"storageState": {"secretKeyRef": {"name": "session", "key": "state"}}},
    )
    with pytest.raises(CommandError) as refusal:
        supplies_for(spec, manifest(request("a")), {})
    session, pages = str(refusal.value).splitlines()
    assert session.endswith("add --secret session/state=env:VARIABLE or file:PATH")
    assert "kubectl create configmap pages --from-file index.html" in pages


def test_basic_auth_needs_both_keys() -> None:
    spec = make_spec(request={"basicAuth": {"secretRef": {"name": "login"}}})
    with pytest.raises(CommandError) as refusal:
        supplies_for(spec, manifest(request("a")), {})
    assert [line.split()[2] for line in str(refusal.value).splitlines()] == ["username", "password"]


@pytest.mark.parametrize("form", ["login/token=hunter2", "login/token", "login=env:A", "login/token=text:hunter2"])
def test_a_value_on_the_command_line_is_refused_and_not_repeated(form: str) -> None:
    with pytest.raises(CommandError, match="never the value itself") as refusal:
        read_given([form], {})
    assert "hunter2" not in str(refusal.value)


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="the variable NOWHERE is not set"):
        read_given(["a/b=env:NOWHERE"], {})
    with pytest.raises(CommandError, match="can't be read: No such file"):
        read_given([f"a/b=file:{tmp_path}/nowhere"], {})


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(CommandError, match="not UTF-8"):
        supplies_for(header_from("a", "b"), manifest(request("a")), {("a", "b"): b"\xff"})
