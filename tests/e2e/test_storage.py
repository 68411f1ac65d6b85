"""Storage and classes that are wrong are told of, and requests go on when they are mended."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from e2e.bucket import NAMESPACE, SECRET, Storage
from e2e.classes import MakeClass, class_like_default, unchanged, with_storage
from e2e.kubectl import Kubectl, Object
from e2e.plug import Plug
from e2e.space import Shot, Space, is_running
from e2e.website import Website

pytestmark = pytest.mark.alone

REASONS = {
    "unknown-class": "ClassNotFound",
    "missing-bucket": "StorageUnavailable",
    "missing-secret": "StorageUnavailable",
    "wrong-credentials": "StorageUnavailable",
}


class Broken:
    """What is wrong, and how it is mended."""

    def __init__(self, kubectl: Kubectl, storage: Storage, make_class: MakeClass) -> None:
        self._kubectl = kubectl
        self._storage = storage
        unique = uuid4().hex[:8]
        self.bucket, self.class_name = f"e2e-{unique}", f"e2e-later-{unique}"
        self.secrets = {"missing-secret": f"e2e-missing-{unique}", "wrong-credentials": f"e2e-wrong-{unique}"}
        self._write_secret(self.secrets["wrong-credentials"], {"accessKey": "nobody", "secretKey": "nothing-of-worth"})
        self.classes = {
            "unknown-class": self.class_name,
            "missing-bucket": make_class(with_storage("bucket", self.bucket)),
            "missing-secret": make_class(with_storage("credentialsSecretName", self.secrets["missing-secret"])),
            "wrong-credentials": make_class(with_storage("credentialsSecretName", self.secrets["wrong-credentials"])),
        }

    def mend(self) -> None:
        """Put everything right."""
        self._kubectl.apply(class_like_default(self._kubectl, self.class_name, unchanged))
        self._storage.make_bucket(self.bucket)
        right = self._kubectl.get("secret", SECRET, "-n", NAMESPACE)["data"]
        for name in self.secrets.values():
            self._write_secret(name, {}, data=right)

    def clean_up(self) -> None:
        """Remove what `mend` made."""
        self._kubectl.run("delete", "captureclass", self.class_name, "--ignore-not-found")
        self._kubectl.run("delete", "secret", "-n", NAMESPACE, *self.secrets.values(), "--ignore-not-found")

    def _write_secret(self, name: str, texts: dict[str, str], data: Object | None = None) -> None:
        metadata = {"name": name, "namespace": NAMESPACE}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data or {}, "stringData": texts}
        self._kubectl.apply(body)


@pytest.fixture(scope="module")
def broken(kubectl: Kubectl, storage: Storage, make_class: MakeClass) -> Iterator[Broken]:
    """Classes that don't work."""
    made = Broken(kubectl, storage, make_class)
    yield made
    made.clean_up()


@pytest.fixture(scope="module")
def waiting(shared_space: Space, site: Website, broken: Broken) -> dict[str, Shot]:
    """One request for each of them, when it says what it waits for."""
    specs = {
        name: {"url": site.url(f"/good?of={name}"), "captureClassName": class_name}
        for name, class_name in broken.classes.items()
    }
    shots = shared_space.requests(specs)
    for name, shot in shots.items():
        shot.until_reason(REASONS[name], within=30)
    return shots


@pytest.fixture(scope="module")
def mended(waiting: dict[str, Shot], broken: Broken, storage: Storage) -> Iterator[dict[str, Shot]]:
    """The same requests when everything was put right and they are over."""
    broken.mend()
    for shot in waiting.values():
        shot.until("Succeeded", "Failed", within=70)
    yield waiting
    storage.remove_bucket(broken.bucket)


@pytest.mark.parametrize("name", REASONS)
def test_a_condition_says_what_is_wrong(waiting: dict[str, Shot], broken: Broken, name: str) -> None:
    said = [
        item
        for state in waiting[name].space.states(name)
        for item in state["status"].get("conditions", ())
        if item["type"] == "Ready" and item["reason"] == REASONS[name]
    ]
    culprit = {
        "unknown-class": broken.class_name,
        "missing-bucket": broken.bucket,
        "missing-secret": broken.secrets["missing-secret"],
        "wrong-credentials": broken.secrets["wrong-credentials"],
    }[name]
    assert {item["status"] for item in said} == {"False"}
    assert culprit in said[0]["message"]


@pytest.mark.parametrize("name", REASONS)
def test_waiting_costs_no_pod(waiting: dict[str, Shot], name: str) -> None:
    before = [state for state in waiting[name].space.states(name) if state["status"].get("phase") in (None, "Queued")]
    assert before
    assert [state for state in before if state["status"].get("attempts")] == []


@pytest.mark.parametrize("name", REASONS)
def test_a_request_goes_on_when_it_is_mended(mended: dict[str, Shot], name: str) -> None:
    assert mended[name].phase == "Succeeded"
    assert mended[name].status["run"] == 1
    assert len(mended[name].attempts) == 1


def with_short_attempts(spec: Object) -> None:
    spec["limits"]["attemptTimeout"] = "20s"


def test_nothing_is_lost_when_storage_is_away_at_the_upload(
    space: Space, site: Website, storage: Storage, unreachable_storage: Plug, make_class: MakeClass
) -> None:
    site.close("upload")
    # The pod itself tries to upload until its time is up.
    impatient = make_class(with_short_attempts)
    shot = space.request("patient", site.url("/gate/upload"), captureClassName=impatient)
    shot.until_pod(is_running)
    unreachable_storage.pull()
    site.open("upload")
    shot.until_reason("StorageUnavailable", within=40)
    assert storage.keys("screenshots", shot.prefix()) == []
    unreachable_storage.put_back()
    shot.until("Succeeded", within=60)
    assert shot.status["run"] == 1
    # No attempt is wasted on storage that is known to be away.
    assert [attempt.get("reason") for attempt in shot.attempts] == ["UploadFailed", None]
    assert storage.keys("screenshots", shot.prefix()) == [shot.status["storageKey"]]
