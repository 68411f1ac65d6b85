"""The cluster as a user sees it: through kubectl, one process per call."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.eventually import eventually

Object = dict[str, Any]

REPOSITORY = Path(__file__).parents[2]
SECONDS_PER_CALL = 90


class KubectlError(Exception):
    """A call to kubectl ended with an error; its text is what kubectl said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call printed."""

    output: str
    warnings: str


@dataclass(frozen=True, slots=True)
class Kubectl:
    """Calls kubectl for one cluster."""

    program: str
    kubeconfig: Path

    def command(self, *words: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return a command line and its environment."""
        return (self.program, *words), {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    def ask(self, *words: str, text: str | None = None) -> Answer:
        """Run a command to its end; raise `KubectlError` when it fails."""
        command, environment = self.command(*words)
        done = subprocess.run(
            command,
            input=text,
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=SECONDS_PER_CALL,
            check=False,
        )
        if done.returncode:
            raise KubectlError(f"kubectl {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return Answer(done.stdout, done.stderr)

    def run(self, *words: str, text: str | None = None) -> str:
        """Run a command and return what it printed."""
        return self.ask(*words, text=text).output

    def get(self, *words: str) -> Object:
        """Return what `kubectl get` finds, decoded."""
        return dict(json.loads(self.run("get", *words, "--output=json")))

    def items(self, *words: str) -> list[Object]:
        """Return the objects of a list."""
        return list(self.get(*words)["items"])

    def raw(self, path: str) -> str:
        """Return the body that the API server has under this path."""
        return self.run("get", "--raw", path)

    def apply(self, *objects: Object) -> str:
        """Apply objects in one call."""
        listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        return self.run("apply", "--filename=-", text=json.dumps(listed))

    def exists(self, *words: str) -> bool:
        """Say whether `kubectl get` finds anything."""
        return bool(self.run("get", *words, "--ignore-not-found", "--output=name").strip())

    def replace_pods(self, namespace: str, selector: str) -> None:
        """Kill the pods of a workload at once, and wait until others took their place."""
        before = {pod["metadata"]["uid"] for pod in self.items("pods", "-n", namespace, "-l", selector)}
        self.run("delete", "pods", "-n", namespace, "-l", selector, "--grace-period=0", "--force", "--wait=false")

        def replaced() -> bool:
            pods = self.items("pods", "-n", namespace, "-l", selector)
            return bool(pods) and all(pod["metadata"]["uid"] not in before and is_ready(pod) for pod in pods)

        eventually(replaced, within=60, what=f"the pods {selector} in {namespace} are replaced")


def condition(body: Object, kind: str) -> Object | None:
    """Return an object's condition of this type."""
    found = (item for item in body.get("status", {}).get("conditions", ()) if item["type"] == kind)
    return next(found, None)


def is_ready(body: Object) -> bool:
    """Say whether an object's Ready condition is true."""
    ready = condition(body, "Ready")
    return ready is not None and ready["status"] == "True"


def from_environment(environment: Mapping[str, str]) -> Kubectl:
    """Return kubectl by KUBESHOT_KUBECTL and KUBESHOT_KUBECONFIG, or else for the cluster that `cluster/` started."""
    ours = (sys.executable, "-m", "kubeshot_cluster")
    program = environment.get("KUBESHOT_KUBECTL") or _ask_cluster(*ours, "kubectl")
    kubeconfig = environment.get("KUBESHOT_KUBECONFIG") or _ask_cluster(*ours, "kubeconfig")
    return Kubectl(program, Path(kubeconfig))


def _ask_cluster(*command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "cluster")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KubectlError(f"no cluster: {done.stderr.strip()}")
    return done.stdout.strip()
