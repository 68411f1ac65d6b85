"""What surrounds the verbs: folders, locks, logs, root, and what is said when something fails."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kubeshot_cluster.commands import Shell
from kubeshot_cluster.locks import held
from kubeshot_cluster.native import listeners
from kubeshot_cluster.native.patience import last_lines
from kubeshot_cluster.places import places_from
from kubeshot_cluster.privileges import as_root
from kubeshot_cluster.problems import ClusterError, CommandFailedError
from unit.cluster.fakes import PLACES, places_in

CLUSTER = Path(__file__).parents[3] / "cluster"


@pytest.mark.parametrize(
    ("environment", "cache", "state"),
    [
        pytest.param({"HOME": "/h"}, "/h/.cache/kubeshot", "/h/.local/state/kubeshot/cluster", id="at home"),
        pytest.param(
            {"HOME": "/h", "XDG_CACHE_HOME": "/c", "XDG_STATE_HOME": "/s"},
            "/c/kubeshot",
            "/s/kubeshot/cluster",
            id="XDG",
        ),
    ],
)
def test_folders_follow_xdg(environment: dict[str, str], cache: str, state: str) -> None:
    places = places_from(environment, Path("/checkout"))
    assert (str(places.cache), str(places.state)) == (cache, state)


def test_a_lock_is_free_again_after_its_holder(tmp_path: Path) -> None:
    waited: list[str] = []
    for _ in range(2):
        with held(tmp_path / "lock", waited.append):
            pass
    assert waited == []


def test_a_second_holder_waits_and_then_says_who_is_in_the_way(tmp_path: Path) -> None:
    waited: list[str] = []
    with (
        held(tmp_path / "lock", waited.append),
        pytest.raises(ClusterError, match="has held"),
        held(tmp_path / "lock", waited.append, patience=0.0),
    ):
        pytest.fail("two holders")
    assert len(waited) == 1


def test_a_failed_program_names_its_log(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "step.log", {"PATH": "/usr/bin:/bin"})
    with pytest.raises(CommandFailedError, match=r"failed with status 3.*step\.log"):
        shell.run(["sh", "-c", "echo what happened; exit 3"])
    assert last_lines(tmp_path / "step.log") == "    $ sh -c 'echo what happened; exit 3'\n    what happened"


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="no-such-program is not installed"):
        Shell(tmp_path / "log", {"PATH": "/usr/bin"}).read(["no-such-program"])


def test_input_goes_in_and_output_comes_back(tmp_path: Path) -> None:
    assert Shell(tmp_path / "log", {"PATH": "/usr/bin:/bin"}).read(["cat"], "text") == "text"


def test_root_works_in_the_users_folders() -> None:
    environment = {"PATH": "/bin", "HTTPS_PROXY": "http://proxy", "SECRET": "x"}
    command = as_root(PLACES, environment, ["up"])
    assert command[:3] == ["env", "PATH=/bin", "HTTPS_PROXY=http://proxy"]
    assert command[-3:] == ["-m", "kubeshot_cluster", "up"]
    assert not any("SECRET" in word for word in command)


def test_root_finds_the_same_folders_as_the_user(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    user = places_from({"XDG_CACHE_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": str(tmp_path / "s")}, Path("/x"))
    carried = dict(word.split("=", 1) for word in as_root(user, {}, []) if word.startswith("XDG_"))
    assert places_from(carried, Path("/x")) == user
    assert places.kubeconfig != user.kubeconfig


def test_finds_listening_sockets_of_a_port() -> None:
    table = """  sl  local_address rem_address st tx rx tr tm uid timeout inode
   0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 111 1
   1: 0100007F:0016 0100007F:9999 01 0:0 0:0 0 0 0 222 1
   2: 00000000:1F90 00000000:0000 0A 0:0 0:0 0 0 0 333 1
"""
    assert listeners.sockets_on(table, 22) == ["111"]


def test_a_port_in_use_is_seen_with_its_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listeners.is_free(port) is False
        assert f"(process {os.getpid()})" in listeners.owner(port)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["--provider", "nimbus", "up"], "invalid choice: 'nimbus'", id="an unknown provider"),
        pytest.param(["kubeconfig"], "There is no cluster; run `up` first.", id="no cluster yet"),
        pytest.param(["load", "web", "--provider", "kind"], "There is no image web", id="an unknown image"),
    ],
)
def test_expected_errors_have_no_traceback(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kubeshot_cluster", *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(CLUSTER), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
