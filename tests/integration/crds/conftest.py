"""The API server of the cluster that is up, with the CRDs of this checkout."""

import os

import pytest

from e2e.kubectl import Kubectl, from_environment


@pytest.fixture(scope="session")
def kubectl() -> Kubectl:
    """Return kubectl for a cluster that has the CRDs of this checkout."""
    cluster = from_environment(os.environ)
    cluster.run("apply", "-k", "crds")
    cluster.run("wait", "--for=condition=Established", "--timeout=30s", "-f", "crds/screenshotrequests.yaml")
    cluster.run("wait", "--for=condition=Established", "--timeout=30s", "-f", "crds/captureclasses.yaml")
    return cluster
