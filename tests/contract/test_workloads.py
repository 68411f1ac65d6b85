"""Every workload of the manifests runs as little as it can, and the names in them fit together."""

import importlib.util
import tomllib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import yaml

from contract.schemas import REPOSITORY, documents
from kubeshot_operator.api import crd
from kubeshot_operator.settings import Settings

MANIFESTS = REPOSITORY / "manifests"
DEMO = MANIFESTS / "overlays" / "demo"
VERSION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
# It writes a file below the kubelet's own folder, and lives in a namespace of its own for that.
ON_THE_NODE = {"kubeshot-seccomp-installer"}


def workloads() -> Iterator[dict[str, Any]]:
    """Yield all that makes pods."""
    for path in sorted(MANIFESTS.rglob("*.yaml")):
        for document in documents(path):
            if document.get("kind") in ("Deployment", "DaemonSet", "Job"):
                yield document


def workload(name: str) -> dict[str, Any]:
    [found] = [document for document in workloads() if document["metadata"]["name"] == name]
    return found


def containers(document: dict[str, Any]) -> list[dict[str, Any]]:
    pod = document["spec"]["template"]["spec"]
    return [*pod.get("initContainers", ()), *pod["containers"]]


ALL = [pytest.param(document, id=document["metadata"]["name"]) for document in workloads()]
ORDINARY = [parameter for parameter in ALL if parameter.id not in ON_THE_NODE]


@pytest.mark.parametrize("document", ORDINARY)
def test_a_pod_fits_the_restricted_standard(document: dict[str, Any]) -> None:
    pod = document["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers(document):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("document", ALL)
def test_a_container_has_bounds_and_a_fixed_image(document: dict[str, Any]) -> None:
    assert document["spec"]["template"]["spec"]["enableServiceLinks"] is False
    for container in containers(document):
        assert container["image"].startswith("docker.io/kubeshot/")
        assert container["image"].endswith(f":{VERSION}")
        assert container["imagePullPolicy"] == "IfNotPresent"
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("document", ALL)
def test_only_what_speaks_to_the_api_server_has_a_token(document: dict[str, Any]) -> None:
    has_token = document["spec"]["template"]["spec"]["automountServiceAccountToken"]
    assert has_token is (document["metadata"]["name"] in ("kubeshot-operator", "kubeshot-class-installer"))


def test_the_operator_understands_its_environment() -> None:
    [container] = containers(workload("kubeshot-operator"))
    downward = {"metadata.namespace": "kubeshot-system"}
    environment = {
        item["name"]: item["value"] if "value" in item else downward[item["valueFrom"]["fieldRef"]["fieldPath"]]
        for item in container["env"]
    }
    settings = Settings.from_environment(environment)
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"health": settings.health_port, "dispatch": settings.dispatch_port}
    assert settings == Settings(namespace="kubeshot-system")
    assert settings.max_pods == int(environment["KUBESHOT_MAX_PODS"])


def test_the_operator_is_probed_where_it_answers() -> None:
    [container] = containers(workload("kubeshot-operator"))
    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {probe["port"] for probe in probes.values()} == {container["ports"][0]["name"]}
    assert (probes["liveness"]["path"], probes["readiness"]["path"]) == ("/healthz", "/readyz")


def test_pods_find_the_port_on_which_they_report() -> None:
    [service] = documents(MANIFESTS / "base" / "dispatch.yaml")
    [port] = service["spec"]["ports"]
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    assert Settings(namespace).dispatch_address == f"{name}.{namespace}.svc:{port['port']}"
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == workload("kubeshot-operator")["spec"]["selector"]["matchLabels"]
    [container] = containers(workload("kubeshot-operator"))
    assert port["targetPort"] in [item["name"] for item in container["ports"]]


def test_an_upgrade_and_a_drain_leave_one_operator_that_is_ready() -> None:
    operator = workload("kubeshot-operator")
    assert operator["spec"]["replicas"] == 2
    assert operator["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    [budget] = documents(MANIFESTS / "base" / "disruption-budget.yaml")
    assert budget["spec"]["maxUnavailable"] == 1
    labels = operator["spec"]["template"]["metadata"]["labels"]
    assert budget["spec"]["selector"]["matchLabels"].items() <= labels.items()
    [preferred] = operator["spec"]["template"]["spec"]["affinity"]["podAntiAffinity"].values()
    assert preferred[0]["podAffinityTerm"]["labelSelector"] == operator["spec"]["selector"]


def test_the_class_names_what_the_demo_has() -> None:
    [capture_class] = documents(DEMO / "class.yaml")
    [kustomization] = documents(DEMO / "kustomization.yaml")
    service = next(document for document in documents(DEMO / "minio.yaml") if document["kind"] == "Service")
    [secret] = kustomization["secretGenerator"]
    storage = capture_class["spec"]["storage"]
    name, namespace, port = (
        service["metadata"]["name"],
        service["metadata"]["namespace"],
        service["spec"]["ports"][0]["port"],
    )
    assert storage["endpoint"] == f"http://{name}.{namespace}.svc:{port}"
    assert storage["credentialsSecretName"] == secret["name"]
    keys = {literal.split("=")[0] for literal in secret["literals"]}
    assert keys == {crd.ACCESS_KEY_FIELD, crd.SECRET_KEY_FIELD}
    assert f"mkdir -p /data/{storage['bucket']} " in containers(workload("minio"))[0]["command"][2]


@pytest.mark.parametrize("overlay", ["demo", "existing-s3"])
def test_an_overlay_has_one_default_class(overlay: str) -> None:
    [capture_class] = documents(MANIFESTS / "overlays" / overlay / "class.yaml")
    assert capture_class["apiVersion"] == crd.API_VERSION
    assert capture_class["metadata"]["annotations"] == {crd.DEFAULT_CLASS_ANNOTATION: "true"}
    assert capture_class["spec"]["pod"]["image"] == f"docker.io/kubeshot/capture:{VERSION}"


def test_every_file_that_a_kustomization_names_is_there() -> None:
    missing = []
    for path in sorted(MANIFESTS.rglob("kustomization.yaml")):
        [kustomization] = documents(path)
        files = [file for generator in kustomization.get("configMapGenerator", ()) for file in generator["files"]]
        named = [*kustomization.get("resources", ()), *kustomization.get("components", ()), *files]
        missing += [f"{path.parent.name}/{name}" for name in named if not (path.parent / name.split("=")[-1]).exists()]
    assert missing == []


@pytest.fixture(scope="module")
def installer() -> ModuleType:
    """The installer's script, which lives in a ConfigMap and not in a package."""
    path = MANIFESTS / "components" / "install-class" / "install_class.py"
    spec = importlib.util.spec_from_file_location("install_class", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("overlay", ["demo", "existing-s3"])
def test_the_installer_finds_the_name_of_the_class(installer: ModuleType, overlay: str) -> None:
    text = (MANIFESTS / "overlays" / overlay / "class.yaml").read_text()
    assert installer.name_of(text) == yaml.safe_load(text)["metadata"]["name"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("kind: CaptureClass\n", id="no metadata"),
        pytest.param("metadata: {name: default}\n", id="flow style"),
        pytest.param("metadata:\n  labels:\n    name: wrong\nspec:\n  name: wrong\n", id="a name of something else"),
    ],
)
def test_the_installer_does_not_guess_a_name(installer: ModuleType, text: str) -> None:
    with pytest.raises(installer.RefusedError):
        installer.name_of(text)


class Enough(Exception):  # noqa: N818, it is no error
    """The installer has looked as often as it is to."""


@pytest.mark.parametrize(
    ("answers", "calls"),
    [
        pytest.param([("GET", 200)], ["GET"], id="it is there"),
        pytest.param([("GET", 404), ("PATCH", 201)], ["GET", "PATCH"], id="it is gone"),
        pytest.param(
            [("GET", 404), ("PATCH", 404), ("GET", 404), ("PATCH", 201)], ["GET", "PATCH"] * 2, id="its kind is"
        ),
        pytest.param([("GET", 404), ("PATCH", 409), ("GET", 200)], ["GET", "PATCH", "GET"], id="others were faster"),
        pytest.param([("GET", 503), ("GET", 200)], ["GET", "GET"], id="nobody can say"),
    ],
)
def test_the_installer_puts_the_class_back_only_when_it_is_gone(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, answers: list[tuple[str, int]], calls: list[str]
) -> None:
    script, made = list(answers), []

    def call(method: str, path: str, body: str = "") -> tuple[int, str]:
        assert path.startswith(f"{installer.CLASSES}/default")
        made.append(method)
        expected, status = script.pop(0)
        assert method == expected
        return status, ""

    def sleep(_: float) -> None:
        if not script:
            raise Enough

    monkeypatch.setattr(installer, "call", call)
    monkeypatch.setattr(installer.time, "sleep", sleep)
    with pytest.raises(Enough):
        installer.keep("metadata:\n  name: default\n")
    assert made == calls
