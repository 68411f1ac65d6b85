"""Brings each program of the cluster to the state it should be in: running, with today's settings, and ready."""

import http.client
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kubeshot_cluster.native import listeners, settings
from kubeshot_cluster.native.layout import Layout
from kubeshot_cluster.native.patience import wait_ready
from kubeshot_cluster.native.plan import Plan
from kubeshot_cluster.native.processes import Book, Daemon, Record, end
from kubeshot_cluster.native.remains import Remains, kill
from kubeshot_cluster.problems import ClusterError

GRACE_SECONDS = 5.0
# The ports each program listens on, by the names of the plan.
PORTS: Mapping[str, Sequence[str]] = {
    "etcd": ("etcd", "etcd-peer"),
    "kube-apiserver": ("kube-apiserver",),
    "kube-controller-manager": ("kube-controller-manager",),
    "kube-scheduler": ("kube-scheduler",),
    "kube-proxy": ("kube-proxy-metrics", "kube-proxy-health"),
    "coredns": ("coredns", "coredns-health", "coredns-ready"),
    "kubelet": ("kubelet", "kubelet-health"),
}


class Supervision:
    """Starts what does not run, restarts what has changed, leaves alone what is right."""

    def __init__(self, layout: Layout, plan: Plan, environment: Mapping[str, str]) -> None:
        self._plan = plan
        self._environment = environment
        self._book = Book(layout.records, layout.places.logs)
        self._remains = Remains(layout)

    def ensure(self, name: str, command: Sequence[str]) -> Record:
        """Return the record of the running program, started if need be."""
        fingerprint = settings.fingerprint(command)
        running = self._book.running(name)
        if running and running.fingerprint == fingerprint:
            return running
        if running:
            end([running], GRACE_SECONDS)
        for stray in self._remains.daemons([name]):
            kill(stray)
        self._check_ports(name)
        environment = settings.daemon_environment(self._environment, name)
        return self._book.start(Daemon(name, command, fingerprint, environment))

    def await_ready(self, record: Record, is_ready: Callable[[], bool]) -> None:
        wait_ready(record, self.log_of(record.name), is_ready)

    def log_of(self, name: str) -> Path:
        return self._book.log_of(name)

    def _check_ports(self, name: str) -> None:
        for key in PORTS.get(name, ()):
            port = self._plan.ports[key]
            if not listeners.becomes_free(port, GRACE_SECONDS):
                raise ClusterError(
                    f"{name} needs port {port}, where {listeners.owner(port)} listens; "
                    "end that, or run `down` and then `up` to choose another port."
                )


def answers(port: int, path: str) -> bool:
    """Say whether a health check on loopback answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
