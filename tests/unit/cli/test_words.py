"""What the command reads and says: its options, its lines, its tables, its JSON, its hints."""

import json
from pathlib import Path

import pytest

from kubeshot_capture.attempt import CHROMIUM_VARIABLE
from kubeshot_cli.arguments import read_arguments
from kubeshot_cli.chromium import check_sandbox, find_chromium, hint, in_words_of_this_machine
from kubeshot_cli.problems import CommandError
from kubeshot_cli.progress import Progress
from kubeshot_cli.verdict import as_json, as_tables
from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Failure, Outcome, Stage
from unit.contract.make import make_result, make_spec

OUTPUTS = make_spec().outputs


def test_a_url_is_enough() -> None:
    given = read_arguments(["capture", "http://a/"])
    assert (given.url, given.filename, given.folder) == ("http://a/", None, Path("out"))
    assert (given.sandbox, given.milliseconds) == (Sandbox.REQUIRED, 60_000)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["capture"], id="nothing to capture"),
        pytest.param(["capture", "http://a/", "-f", "a.yaml"], id="both"),
        pytest.param(["capture", "http://a/", "--name", "a"], id="a name without a file"),
        pytest.param(["capture", "http://a/", "--timeout", "10"], id="a time without a unit"),
        pytest.param(["capture", "http://a/", "--timeout", "1ms"], id="no time"),
        pytest.param(["capture", "http://a/", "--sandbox", "maybe"], id="an unknown word"),
        pytest.param([], id="no command"),
    ],
)
def test_a_command_line_that_says_nothing_ends_as_an_invalid_request(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        read_arguments(words)
    assert end.value.code == ExitCode.INVALID_REQUEST


def test_a_stage_is_a_line_with_the_time_since_the_start() -> None:
    moments = iter([100.0, 102.5])
    line = Progress(lambda: next(moments), colourful=False).tell(
        "stage", {"stage": Stage.SETTLE, "outcome": Outcome.TIMED_OUT, "milliseconds": 8000}
    )
    assert line == "   2.5 s  Settle   TimedOut    8000 ms"


def test_a_terminal_gets_colours() -> None:
    facts = {"stage": Stage.SETTLE, "outcome": Outcome.TIMED_OUT, "milliseconds": 8000}
    assert "\x1b[33m" in Progress(lambda: 0.0, colourful=True).tell("stage", facts)


def test_what_is_nothing_for_a_person_is_not_told() -> None:
    assert Progress(lambda: 0.0, colourful=False).tell("upload-retry", {"key": "k"}) == ""


def test_the_tables_say_stages_files_and_notes() -> None:
    text = as_tables("shot", make_result(failure=None), OUTPUTS, Path("out"))
    assert text.splitlines()[0] == "shot: captured, settled"
    assert "screenshot  out/screenshot.png  1.0 kB  800 x 600  abababababab" in text
    assert "Open   Settled  40" in text
    assert text.endswith("note: an alert was dismissed")


def test_a_failure_is_the_first_line() -> None:
    text = as_tables("shot", make_result(outputs=()), OUTPUTS, Path("out"))
    assert text.splitlines()[0] == "shot: HTTPError: the server answered 503"
    assert "OUTPUT" not in text


def test_json_has_the_words_of_the_status() -> None:
    line = as_json("shot", make_result(), OUTPUTS, Path("out"))
    assert "\n" not in line
    read = json.loads(line)
    assert read["phase"] == "Failed"
    assert read["failure"] == {"reason": "HTTPError", "message": "the server answered 503", "retryable": True}
    assert read["page"] == {"finalURL": "https://example.com/", "httpStatus": 503, "title": "Sorry"}
    assert read["verdict"]["stages"][0] == {"name": "Open", "outcome": "Settled", "milliseconds": 40}
    assert read["outputs"][0]["file"] == "out/screenshot.png"


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        pytest.param("ID=debian\n", "sudo apt install chromium-headless-shell", id="Debian"),
        pytest.param("ID=ubuntu\nID_LIKE=debian\n", "playwright install --only-shell chromium", id="Ubuntu"),
        pytest.param(
            'ID=mint\nID_LIKE="ubuntu debian"\n', "playwright install --only-shell chromium", id="like Ubuntu"
        ),
        pytest.param("ID=fedora\n", "sudo dnf install chromium-headless", id="Fedora"),
        pytest.param("ID=else\n", "playwright install --only-shell chromium", id="anything else"),
    ],
)
def test_the_hint_is_for_this_system(tmp_path: Path, release: str, expected: str) -> None:
    (tmp_path / "os-release").write_text(release)
    assert hint("linux", tmp_path / "os-release") == expected


def test_a_mac_has_no_os_release(tmp_path: Path) -> None:
    assert hint("darwin", tmp_path / "none").startswith("brew install")


def test_a_browser_that_is_named_and_not_there_is_an_error() -> None:
    with pytest.raises(CommandError, match="KUBESHOT_CHROMIUM names /nowhere"):
        find_chromium({CHROMIUM_VARIABLE: "/nowhere"})


def test_root_is_told_of_the_sandbox() -> None:
    with pytest.raises(CommandError, match="add --sandbox Disabled") as refusal:
        check_sandbox(Sandbox.REQUIRED, user=0)
    assert refusal.value.exit_code == ExitCode.SANDBOX_UNAVAILABLE
    check_sandbox(Sandbox.REQUIRED, user=1000)
    check_sandbox(Sandbox.DISABLED, user=0)


def test_a_sandbox_that_fails_is_explained_for_this_machine() -> None:
    pods = Failure(Reason.SANDBOX_UNAVAILABLE, "the pod needs a profile on its node", retryable=False)
    assert "--sandbox Disabled" in in_words_of_this_machine(pods).message
    other = Failure(Reason.HTTP_ERROR, "the server answered 404", retryable=False)
    assert in_words_of_this_machine(other) is other
