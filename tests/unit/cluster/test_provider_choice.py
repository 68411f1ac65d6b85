"""Which way to a cluster is taken."""

import pytest

from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.providers.choice import choose
from unit.cluster.fakes import always, never


@pytest.mark.parametrize(
    ("asked", "variable", "recorded", "docker", "expected"),
    [
        pytest.param(None, None, None, True, "kind", id="Docker answers: kind"),
        pytest.param(None, None, None, False, "native", id="no Docker: native"),
        pytest.param("native", None, None, True, "native", id="an option wins over Docker"),
        pytest.param("native", "kind", None, True, "native", id="an option wins over CLUSTER"),
        pytest.param(None, "current", None, True, "current", id="CLUSTER wins over Docker"),
        pytest.param(None, "", None, False, "native", id="an empty CLUSTER says nothing"),
        pytest.param(None, None, "native", True, "native", id="the running cluster is found again"),
        pytest.param("native", None, "native", True, "native", id="asking for the running one is fine"),
    ],
)
def test_takes(asked: str | None, variable: str | None, recorded: str | None, docker: bool, expected: str) -> None:
    environment = {} if variable is None else {"CLUSTER": variable}
    assert choose(asked, environment, recorded, always if docker else never) == expected


@pytest.mark.parametrize(
    ("asked", "recorded", "complaint"),
    [
        pytest.param("minikube", None, "choose one of kind, native, current", id="an unknown name"),
        pytest.param("kind", "native", "run `down` before asking for kind", id="another than the running one"),
    ],
)
def test_refuses(asked: str, recorded: str | None, complaint: str) -> None:
    with pytest.raises(ClusterError, match=complaint):
        choose(None, {"CLUSTER": asked}, recorded, never)
