"""Every state that the API server ever showed, from before the first object on."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from e2e.kubectl import Kubectl, Object

LONGEST_SECONDS = 5400


@dataclass(frozen=True, slots=True)
class Change:
    """One event of a watch: ADDED, MODIFIED or DELETED, and the object as it was then."""

    kind: str
    body: Object

    @property
    def name(self) -> str:
        """The name of the object."""
        return str(self.body["metadata"]["name"])


class Watch:
    """A watch that runs on its own and writes down what it sees. It misses nothing between its start and its end."""

    def __init__(self, kubectl: Kubectl, path: str) -> None:
        """Watch a collection, by its path in the API, from this moment on."""
        version = json.loads(kubectl.raw(f"{path}?limit=1"))["metadata"]["resourceVersion"]
        query = f"watch=true&resourceVersion={version}&timeoutSeconds={LONGEST_SECONDS}"
        command, environment = kubectl.command("get", "--raw", f"{path}?{query}")
        self._folder = tempfile.TemporaryDirectory(prefix="kubeshot-e2e-")
        self._seen = Path(self._folder.name) / "changes"
        self._read = 0
        self._changes: list[Change] = []
        with self._seen.open("wb") as output:
            self._process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.DEVNULL)

    def changes(self) -> list[Change]:
        """Return all that was seen so far, in order."""
        with self._seen.open("rb") as seen:
            seen.seek(self._read)
            whole_lines = seen.read().rpartition(b"\n")[0]
        self._read += len(whole_lines) and len(whole_lines) + 1
        events = [json.loads(line) for line in whole_lines.splitlines()]
        assert all(event["type"] != "ERROR" for event in events), f"the watch broke: {events[-1]}"
        assert self._process.poll() is None, "the watch ended"
        self._changes += [Change(event["type"], event["object"]) for event in events]
        return self._changes

    def states(self, name: str) -> list[Object]:
        """Return every state of one object, in order."""
        return [change.body for change in self.changes() if change.name == name and change.kind != "DELETED"]

    def names(self) -> set[str]:
        """Return the names of all objects that ever were."""
        return {change.name for change in self.changes()}

    def alive(self) -> set[str]:
        """Return the names of the objects that are there."""
        last = {change.name: change.kind for change in self.changes()}
        return {name for name, kind in last.items() if kind != "DELETED"}

    def most_at_once(self, counts: Callable[[Object], bool]) -> int:
        """Return how many objects there were at the same time, of those that count."""
        there: set[str] = set()
        most = 0
        for change in self.changes():
            if change.kind != "DELETED" and counts(change.body):
                there.add(change.name)
            else:
                there.discard(change.name)
            most = max(most, len(there))
        return most

    def close(self) -> None:
        """End the watch."""
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()
