"""The API server refuses what can't work, with a sentence that says what to do, and takes the rest."""

import json
from pathlib import Path

import pytest
import yaml

from contract.schemas import schema
from e2e.kubectl import REPOSITORY, Kubectl, KubectlError
from kubeshot_cli.schema import with_defaults

HERE = Path(__file__).parent
INVALID = sorted((HERE / "invalid").glob("*.yaml"))
VALID = sorted((HERE / "valid").glob("*.yaml"))
EXAMPLES = sorted((REPOSITORY / "examples").glob("*.yaml"))
SCHEMAS = {"ScreenshotRequest": schema("screenshotrequests"), "CaptureClass": schema("captureclasses")}
MARK = "# refused: "


def words(path: Path) -> str:
    return path.stem.replace("-", " ")


def dry_run(kubectl: Kubectl, body: str) -> str:
    """Return the object as the API server would store it; fail on a warning."""
    answer = kubectl.ask("apply", "--dry-run=server", "--filename=-", "--output=json", text=body)
    assert answer.warnings == ""
    return answer.output


@pytest.mark.parametrize("path", INVALID, ids=words)
def test_is_refused(kubectl: Kubectl, path: Path) -> None:
    first, body = path.read_text().split("\n", 1)
    assert first.startswith(MARK)
    with pytest.raises(KubectlError) as refusal:
        dry_run(kubectl, body)
    assert first.removeprefix(MARK) in str(refusal.value)


@pytest.mark.parametrize("path", VALID, ids=words)
def test_is_accepted(kubectl: Kubectl, path: Path) -> None:
    given, stored = yaml.safe_load(path.read_text()), json.loads(dry_run(kubectl, path.read_text()))
    assert stored["metadata"]["name"] == given["metadata"]["name"]
    assert stored["spec"] == with_defaults(given, SCHEMAS[given["kind"]])["spec"]


@pytest.mark.parametrize("path", EXAMPLES, ids=words)
def test_an_example_is_accepted(kubectl: Kubectl, path: Path) -> None:
    # A dry run needs the namespace; the demo's is not always there.
    text = path.read_text().replace("namespace: kubeshot-demo", "namespace: default")
    assert f'"name": "{path.stem}"' in dry_run(kubectl, text)


def test_a_time_needs_no_quotes(kubectl: Kubectl) -> None:
    text = (HERE / "valid" / "url-alone.yaml").read_text() + "  emulate: {clock: 2026-01-01T00:00:00Z}\n"
    assert json.loads(dry_run(kubectl, text))["spec"]["emulate"]["clock"] == "2026-01-01T00:00:00Z"


def test_a_y_needs_quotes(kubectl: Kubectl) -> None:
    text = (HERE / "valid" / "url-alone.yaml").read_text() + "  prepare: {actions: [{scroll: {y: 600}}]}\n"
    with pytest.raises(KubectlError, match=r'unknown field "spec.prepare.actions\[0\].scroll.true"'):
        dry_run(kubectl, text)


def request_of(html: str) -> str:
    return json.dumps(
        {
            "apiVersion": "kubeshot.dev/v1alpha1",
            "kind": "ScreenshotRequest",
            "metadata": {"name": "checked", "namespace": "default"},
            "spec": {"html": html},
        }
    )


def test_html_of_64_kib_of_bytes_is_accepted(kubectl: Kubectl) -> None:
    stored = json.loads(dry_run(kubectl, request_of("é" * 32768)))
    assert len(stored["spec"]["html"].encode()) == 65536


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        pytest.param("é" * 32769, "html must be at most 65536 bytes of UTF-8: serve a larger page", id="in bytes"),
        pytest.param("a" * 65537, "Too long: may not be more than 65536", id="in characters"),
    ],
)
def test_larger_html_is_refused(kubectl: Kubectl, html: str, sentence: str) -> None:
    with pytest.raises(KubectlError) as refusal:
        dry_run(kubectl, request_of(html))
    assert sentence in str(refusal.value)


def test_a_url_alone_gets_every_default(kubectl: Kubectl) -> None:
    stored = json.loads(dry_run(kubectl, (HERE / "valid" / "url-alone.yaml").read_text()))
    assert stored["spec"] == {
        "url": "https://example.com/pricing",
        "emulate": {"javaScript": True},
        "request": {"ignoreHTTPSErrors": False},
        "prepare": {"consent": "Decline", "dialogs": "Dismiss", "block": {"ads": False, "media": False}},
        "wait": {"until": "Settled", "delay": "0s", "timeout": "20s", "onTimeout": "Capture"},
        "failOn": {"httpStatus": True, "blank": True, "challenge": True, "consoleError": False},
        "outputs": [{"name": "screenshot", "area": "Viewport", "format": "PNG", "omitBackground": False}],
        "priority": 0,
        "suspend": False,
        "deadline": "5m",
        "retry": {"limit": 2},
        "retention": "Retain",
    }
    assert stored["status"] == {"observedGeneration": -1}


def test_part_of_a_viewport_gets_the_rest_of_its_defaults(kubectl: Kubectl) -> None:
    stored = json.loads(dry_run(kubectl, (HERE / "valid" / "viewport-in-part.yaml").read_text()))
    assert stored["spec"]["viewport"] == {"width": 390, "height": 800, "scale": 1}


def test_a_class_gets_every_default(kubectl: Kubectl) -> None:
    stored = json.loads(dry_run(kubectl, (HERE / "valid" / "class-alone.yaml").read_text()))
    assert stored["spec"] == {
        "pod": {
            "image": "docker.io/kubeshot/capture:0.1.0",
            "resources": {"requests": {"cpu": "250m", "memory": "384Mi"}, "limits": {"memory": "768Mi"}},
            "maxMemory": "2Gi",
            "sandbox": "Required",
        },
        "storage": {
            "endpoint": "http://minio:9000",
            "bucket": "screenshots",
            "credentialsSecretName": "kubeshot-storage",
            "region": "us-east-1",
            "keyTemplate": "{namespace}/{prefix}{name}/{uid}/{run}/{output}.{extension}",
        },
        "limits": {"concurrent": 20, "perNamespace": 10, "perHost": 4, "attemptTimeout": "60s"},
        "namespaces": {},
        "reuse": {
            "mode": "Never",
            "maxCaptures": 50,
            "maxAge": "10m",
            "idleTimeout": "30s",
            "memoryPercent": 80,
            "pages": 2,
            "maxPods": 8,
        },
    }


def test_a_class_without_a_memory_limit_of_its_own_still_has_one(kubectl: Kubectl) -> None:
    body = yaml.safe_load((HERE / "valid" / "class-alone.yaml").read_text())
    body["spec"]["pod"]["resources"] = {"limits": {"cpu": 2}}
    stored = json.loads(dry_run(kubectl, json.dumps(body)))
    assert stored["spec"]["pod"]["resources"]["limits"] == {"cpu": 2, "memory": "768Mi"}
