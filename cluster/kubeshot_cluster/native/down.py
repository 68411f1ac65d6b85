"""Ends the native cluster and leaves the machine as it was. The cache stays."""

import shutil

from kubeshot_cluster.native import cgroups, network, outside
from kubeshot_cluster.native.layout import Layout
from kubeshot_cluster.native.processes import Book, end
from kubeshot_cluster.native.remains import Remains, kill
from kubeshot_cluster.steps import Steps

# These two make pods and containers; they go first, so that nothing is started while the rest ends.
MAKERS = ("kubelet", "containerd")
GRACE_SECONDS = 2.0


def take_down(layout: Layout, steps: Steps) -> None:
    """End every process of the cluster, then remove mounts, network, control group and state."""
    with steps.step("Ending the cluster", "down") as commands:
        _end_processes(layout)
        Remains(layout).unmount()
        network.tear_down(commands)
        network.restore_sysctls(layout.sysctls)
        cgroups.remove()
        outside.remove(layout)
    shutil.rmtree(layout.places.runtime, ignore_errors=True)
    shutil.rmtree(layout.places.state)


def _end_processes(layout: Layout) -> None:
    records = Book(layout.records, layout.places.logs).records()
    end([record for record in records if record.name in MAKERS], GRACE_SECONDS)
    remains = Remains(layout)
    for stray in remains.daemons(MAKERS):
        kill(stray)
    remains.kill_pods()
    end(records, GRACE_SECONDS)
    for stray in remains.daemons():
        kill(stray)
