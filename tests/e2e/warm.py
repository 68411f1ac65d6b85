"""Warm pods: classes that have them, which of them there are, and what goes on inside."""

import json
from pathlib import Path
from typing import Any

from e2e.classes import Change
from e2e.eventually import eventually
from e2e.kubectl import Kubectl, Object
from e2e.space import Shot, Space, is_running
from kubeshot_contract.dispatch import TOKEN_VARIABLE

PROGRAMS = Path(__file__).parent / "inside"
NAME_LABEL = "app.kubernetes.io/name"


def warm(**reuse: Any) -> Change:
    """Return a change that makes a class one with warm pods, which end soon when they have nothing to do."""

    def change(spec: Object) -> None:
        spec["reuse"] = {"mode": "Warm", "maxPods": 2, "pages": 2, "idleTimeout": "3s", **reuse}

    return change


def is_warm(pod: Object) -> bool:
    """Say whether a pod is a warm one."""
    return bool(pod["metadata"]["labels"].get(NAME_LABEL) == "kubeshot-warm")


def warm_pods_ever(space: Space) -> set[str]:
    """Return the names of all warm pods that ever were."""
    return {name for name in space.pods_ever() if any(map(is_warm, space.pod_states(name)))}


def running_warm_pods(space: Space) -> list[str]:
    """Return the warm pods that run now."""
    last = {name: space.pod_states(name)[-1] for name in sorted(space.pods_now())}
    return [name for name, pod in last.items() if is_warm(pod) and is_running(pod)]


def until_no_pods(space: Space) -> None:
    """Wait until there is no pod at all: a warm one ends by itself and is cleared away."""
    eventually(lambda: not space.pods_now(), within=60, what="no pod is left")


def pods_of(shot: Shot) -> list[str]:
    """Return which pods made the attempts of a request."""
    return [attempt["podName"] for attempt in shot.attempts]


def token_of(pod: Object) -> str:
    """Return the token that a pod was given."""
    [container] = pod["spec"]["containers"]
    return next(str(variable["value"]) for variable in container["env"] if variable["name"] == TOKEN_VARIABLE)


def program(name: str) -> str:
    """Return the source of a program that runs in a container."""
    return (PROGRAMS / f"{name}.py").read_text()


def run_inside(kubectl: Kubectl, namespace: str, pod: str, name: str, asked: Any = None) -> Any:
    """Run a program in a pod's container; what it is asked, and its answer, are JSON."""
    call = ("exec", "--stdin", "-n", namespace, pod, "--", "python3", "-c", program(name))
    return json.loads(kubectl.run(*call, text=json.dumps(asked)))


def kill_browser(kubectl: Kubectl, space: Space, pod: str) -> int:
    """Kill all processes of the browser in a pod; return how many there were."""
    return int(
        run_inside(kubectl, space.namespace, pod, "kill", run_inside(kubectl, space.namespace, pod, "browser", ""))
    )
