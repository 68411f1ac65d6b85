"""Captures cases as a user does: requests on the cluster, pods of the real image, pictures in the bucket."""

import json
from collections.abc import Iterable

from e2e.bucket import Storage
from e2e.kubectl import Kubectl
from e2e.space import Shot, Space
from zoo.case import Case
from zoo.developed import Developed
from zoo.runners.deployment import ADDRESSES
from zoo.runners.port import kept_by, manifest_of, names_of, read

# All of them wait in one line, so the last one's time is that of all.
LONGEST_SECONDS = 900
# Without a second attempt a failure is told at once.
PATIENCE = {"deadline": "30m", "retry": {"limit": 0}}


class ClusterRunner:
    """All requests at once; the operator queues them."""

    def __init__(self, kubectl: Kubectl, storage: Storage, space: Space) -> None:
        self._kubectl = kubectl
        self._storage = storage
        self._space = space

    def start(self, cases: Iterable[Case]) -> None:
        """Apply what the requests name, and then all of them in one call."""
        chosen = list(cases)
        if keepers := kept_by(chosen, ADDRESSES):
            self._apply(keepers)
        self._apply([manifest_of(name, case, ADDRESSES, **PATIENCE) for case in chosen for name in names_of(case)])

    def developed(self, name: str) -> Developed:
        """Wait until a request has succeeded or failed, and fetch what it stored."""
        shot = Shot(self._space, name).until("Succeeded", "Failed", within=LONGEST_SECONDS)
        failure = (shot.reason, shot.message) if shot.phase == "Failed" else None
        contents = {
            output["name"]: self._storage.download(output["bucket"], output["key"]).content
            for output in shot.status.get("outputs", ())
        }
        return read(shot.status, failure, contents, json.dumps(shot.body["status"]))

    def close(self) -> None:
        """Leave tidying to whoever made the namespace."""

    def _apply(self, objects: list[dict[str, object]]) -> None:
        metadata = {"namespace": self._space.namespace}
        self._kubectl.apply(*({**each, "metadata": {**_metadata(each), **metadata}} for each in objects))


def _metadata(each: dict[str, object]) -> dict[str, object]:
    metadata = each["metadata"]
    assert isinstance(metadata, dict)
    return metadata
