"""From a shell in a capture container there is nothing to take: no credential, no right, no place to write to."""

import base64
from typing import Any

import pytest

from e2e.bucket import NAMESPACE, SECRET
from e2e.classes import MakeClass, unchanged
from e2e.kubectl import Kubectl
from e2e.space import MakeSpace, is_running
from e2e.warm import run_inside, warm
from e2e.website import Website

# What the image sets for itself, and what a pod is given: its job, its token, and the way to the operator.
VARIABLES_OF_IMAGE = {"HOME", "HOSTNAME", "LANG", "PATH", "PWD", "PYTHONUNBUFFERED", "SHLVL", "TERM", "_", "LC_CTYPE"}
OURS = "CAPTURE_"
# Where the API server is every container is told, and it is no secret.
OF_THE_CLUSTER = ("KUBESHOT_", "MINIO", "AWS_")


@pytest.fixture(scope="module", params=[unchanged, warm()], ids=["isolated", "warm"])
def seen(
    request: pytest.FixtureRequest, kubectl: Kubectl, make_space: MakeSpace, make_class: MakeClass, site: Website
) -> dict[str, Any]:
    """What somebody with a shell sees while a page is captured."""
    space, name = make_space(), make_class(request.param)
    gate = f"{space.namespace}-shell"
    site.close(gate)
    shot = space.request("shell", site.url(f"/gate/{gate}"), captureClassName=name, wait={"timeout": "50s"})
    pod = shot.until_pod(is_running)
    found: dict[str, Any] = run_inside(kubectl, space.namespace, pod, "look")
    site.open(gate)
    shot.until("Succeeded")
    return found


def test_there_is_no_credential_of_the_bucket(seen: dict[str, Any], kubectl: Kubectl) -> None:
    data = kubectl.get("secret", SECRET, "-n", NAMESPACE)["data"]
    secret = base64.b64decode(data["secretKey"]).decode()
    assert len(secret) >= 8
    assert secret not in seen["text"]


def test_the_environment_is_its_own(seen: dict[str, Any]) -> None:
    others = [name for name in seen["variables"] if name not in VARIABLES_OF_IMAGE and not name.startswith(OURS)]
    assert [name for name in others if name.startswith(OF_THE_CLUSTER)] == []


def test_it_has_no_right_at_the_api_server(seen: dict[str, Any]) -> None:
    assert not seen["token"]
    assert seen["api_server"] in ("refused with 401", "refused with 403")


def test_only_its_own_temporary_folders_can_be_written(seen: dict[str, Any]) -> None:
    assert set(seen["writable"]) <= {"/tmp", "/dev/shm"}
    assert "/tmp" in seen["writable"]


def test_it_is_nobody(seen: dict[str, Any]) -> None:
    assert seen["uid"] != 0
    assert set(seen["capabilities"]) == {"0" * 16}
    assert (seen["no_new_privileges"], seen["seccomp"]) == ("1", "2")
