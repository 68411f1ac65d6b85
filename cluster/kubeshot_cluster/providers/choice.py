"""Decides which way to a cluster is taken."""

from collections.abc import Callable, Mapping

from kubeshot_cluster.problems import ClusterError

KIND, NATIVE, CURRENT = "kind", "native", "current"
NAMES = (KIND, NATIVE, CURRENT)


def choose(
    asked: str | None, environment: Mapping[str, str], recorded: str | None, docker_answers: Callable[[], bool]
) -> str:
    """Take what is asked for, else CLUSTER, else the way the running cluster was made, else kind if Docker answers."""
    wish = asked or environment.get("CLUSTER") or recorded
    if wish and wish not in NAMES:
        raise ClusterError(f"There is no way to a cluster named {wish!r}; choose one of {', '.join(NAMES)}.")
    if wish and recorded and wish != recorded:
        raise ClusterError(f"A cluster made with {recorded} is there already; run `down` before asking for {wish}.")
    return wish or (KIND if docker_answers() else NATIVE)
