"""A namespace of one test, its requests, and all that was ever seen of them."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from e2e.eventually import eventually
from e2e.kstatus import contradictions
from e2e.kubectl import Kubectl, Object, condition
from e2e.watch import Change, Watch

API = "apis/kubeshot.dev/v1alpha1"
OPERATOR_NAMESPACE = "kubeshot-system"
OPERATOR = "app.kubernetes.io/name=kubeshot-operator"
CAPTURES = "app.kubernetes.io/managed-by=kubeshot"
# Small, so that two cores take many of them.
VIEWPORT = {"width": 320, "height": 200}


class Space:
    """A fresh namespace, watched from before its first object."""

    def __init__(self, kubectl: Kubectl) -> None:
        """Make the namespace; it allows nothing that the restricted standard forbids."""
        self.kubectl = kubectl
        self.namespace = f"e2e-{uuid.uuid4().hex[:8]}"
        labels = {"pod-security.kubernetes.io/enforce": "restricted", "kubeshot.dev/e2e": "true"}
        kubectl.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace, "labels": labels}})
        self.open_watches()

    def open_watches(self) -> None:
        """Begin to watch, anew after `close_watches`: what was seen until then is forgotten."""
        self._requests = Watch(self.kubectl, f"/{API}/namespaces/{self.namespace}/screenshotrequests")
        self._pods = Watch(self.kubectl, f"/api/v1/namespaces/{self.namespace}/pods")

    def close_watches(self) -> None:
        """End the watches: a CRD that is deleted would break them off."""
        self._requests.close()
        self._pods.close()

    def request(self, name: str, url: str, **spec: Any) -> "Shot":
        """Apply a request for a page."""
        return self.requests({name: {"url": url, **spec}})[name]

    def requests(self, specs: dict[str, dict[str, Any]]) -> dict[str, "Shot"]:
        """Apply several requests in one call."""
        self.kubectl.apply(*(self._manifest(name, spec) for name, spec in specs.items()))
        return {name: Shot(self, name) for name in specs}

    def states(self, name: str) -> list[Object]:
        """Return every state of a request, in order."""
        return self._requests.states(name)

    def last_states(self) -> dict[str, Object]:
        """Return every request as last seen, by name."""
        return {change.name: change.body for change in self._requests.changes() if change.kind != "DELETED"}

    def requests_now(self) -> set[str]:
        """Return the names of the requests that are there."""
        return self._requests.alive()

    def status_writes(self) -> int:
        """Return how often a request was changed so far; nothing but its status is, where the test changes none."""
        return sum(change.kind == "MODIFIED" for change in self._requests.changes())

    def pods_ever(self) -> set[str]:
        """Return the names of all pods that ever were."""
        return self._pods.names()

    def pods_now(self) -> set[str]:
        """Return the names of the pods that are there."""
        return self._pods.alive()

    def pod_states(self, name: str) -> list[Object]:
        """Return every state of a pod, in order."""
        return self._pods.states(name)

    def pod_changes(self) -> list[Change]:
        """Return every change of a pod, in order."""
        return self._pods.changes()

    def most_pods_at_once(self) -> int:
        """Return how many pods there were at the same time, those that had ended left out."""
        return self._pods.most_at_once(lambda pod: not has_ended(pod))

    def contradictions(self) -> list[str]:
        """Return what GitOps tools could be misled by, in any state that was ever seen."""
        return [
            f"{change.name}: {problem}"
            for change in self._requests.changes()
            for problem in contradictions(change.body)
        ]

    def describe(self) -> str:
        """Return all that helps to understand a failure."""
        looks = [
            ("get", "shots,pods", "-n", self.namespace, "-o", "wide"),
            ("describe", "shots,pods", "-n", self.namespace),
            ("get", "events", "-n", self.namespace, "--sort-by=.lastTimestamp"),
            ("logs", "-n", self.namespace, "-l", CAPTURES, "--tail=30", "--prefix", "--ignore-errors"),
        ]
        told = [f"--- kubectl {' '.join(look)}\n{self._try(look)}" for look in looks]
        log = self._try(("logs", "-n", OPERATOR_NAMESPACE, "-l", OPERATOR, "--tail=2000"))
        mine = [line for line in log.splitlines() if self.namespace in line or "Traceback" in line]
        return "\n".join([*told, "--- log of the operator", *mine[-60:]])

    def close(self) -> None:
        """End the watches and delete the namespace, without waiting for its end."""
        self.close_watches()
        self.kubectl.run("delete", "namespace", self.namespace, "--wait=false", "--ignore-not-found")

    def _manifest(self, name: str, spec: dict[str, Any]) -> Object:
        return {
            "apiVersion": "kubeshot.dev/v1alpha1",
            "kind": "ScreenshotRequest",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {"viewport": VIEWPORT, **spec},
        }

    def _try(self, look: tuple[str, ...]) -> str:
        try:
            return self.kubectl.run(*look)
        except Exception as error:  # A look that fails must not hide what went wrong before it.
            return str(error)


MakeSpace = Callable[[], Space]


@dataclass(frozen=True, slots=True)
class Shot:
    """One request, as the watch saw it."""

    space: Space
    name: str

    @property
    def body(self) -> Object:
        """The request as last seen."""
        states = self.space.states(self.name)
        assert states, f"{self.name} was not seen yet"
        return states[-1]

    @property
    def status(self) -> Object:
        """Its status as last seen."""
        return dict(self.body["status"])

    @property
    def uid(self) -> str:
        """Its UID."""
        return str(self.body["metadata"]["uid"])

    @property
    def reason(self) -> str:
        """The reason of its Ready condition, empty before there is one."""
        ready = condition(self.body, "Ready")
        return ready["reason"] if ready else ""

    @property
    def message(self) -> str:
        """The message of its Ready condition, empty before there is one."""
        ready = condition(self.body, "Ready")
        return ready["message"] if ready else ""

    @property
    def attempts(self) -> list[Object]:
        """The attempts of the present run."""
        return list(self.status.get("attempts", []))

    @property
    def phase(self) -> str:
        """Its phase, empty before there is one; that of an earlier generation doesn't count."""
        is_current = self.status["observedGeneration"] == self.body["metadata"]["generation"]
        return str(self.status.get("phase", "")) if is_current else ""

    def until(self, *phases: str, within: float = 60) -> "Shot":
        """Wait until the request is in one of these phases."""

        def reached() -> bool:
            assert self.phase in phases, f"{self.phase or 'no phase'}, {self.reason}: {self.message}"
            return True

        eventually(reached, within=within, what=f"{self.name} is {' or '.join(phases)}")
        return self

    def until_reason(self, reason: str, within: float = 60) -> "Shot":
        """Wait until the Ready condition has this reason."""

        def told() -> bool:
            assert self.reason == reason, f"{self.phase or 'no phase'}, {self.reason}: {self.message}"
            return True

        eventually(told, within=within, what=f"{self.name} says {reason}")
        return self

    def until_pod(self, is_so: Callable[[Object], bool], within: float = 60) -> str:
        """Wait until the pod of its last attempt is so, and return that pod's name."""

        def found() -> str:
            for attempt in reversed(self.attempts):
                states = self.space.pod_states(attempt["podName"])
                if states and is_so(states[-1]):
                    return str(attempt["podName"])
            return ""

        return eventually(found, within=within, what=f"{self.name} has such a pod")

    def until_no_pod(self, within: float = 30) -> None:
        """Wait until no pod of this request is left."""
        eventually(
            lambda: not [pod for pod in self.space.pods_now() if pod.startswith(f"{self.name}-")],
            within=within,
            what=f"no pod of {self.name} is left",
        )

    def patch(self, change: Object) -> None:
        """Change the request, by a merge patch."""
        self.space.kubectl.run(
            *("patch", "shot", self.name, "-n", self.space.namespace, "--type=merge", f"--patch={json.dumps(change)}")
        )

    def prefix(self, run: int | None = None) -> str:
        """Return what the keys of this request, or of one of its runs, start with."""
        below = f"{self.space.namespace}/{self.name}/{self.uid}/"
        return below if run is None else f"{below}{run}/"


def is_running(pod: Object) -> bool:
    """Say whether a pod's container runs."""
    states = pod.get("status", {}).get("containerStatuses", ())
    return any("running" in item["state"] for item in states)


def has_ended(pod: Object) -> bool:
    """Say whether a pod's work is over; its phase may be told of later than its container."""
    status = pod.get("status", {})
    over = any("terminated" in item["state"] for item in status.get("containerStatuses", ()))
    return over or status.get("phase") in ("Succeeded", "Failed")
