"""The command from its words to its files, with a real browser."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from e2e.eventually import eventually
from integration.cli.conftest import Site
from integration.engine.locally import SANDBOX, command_environment, run_command
from kubeshot_contract.reasons import ExitCode

START_SECONDS = 60


def request(name: str, url: str, more: str = "") -> str:
    """Return a request that sends the key of a Secret, when there is more to say."""
    lines = ["apiVersion: kubeshot.dev/v1alpha1", "kind: ScreenshotRequest", f"metadata: {{name: {name}}}", "spec:"]
    return "\n".join([*lines, f"  url: {url}", "  viewport: {width: 320, height: 200}", more])


def token_from(source: str) -> str:
    return f"  request: {{headers: [{{name: X-Token, valueFrom: {{secretKeyRef: {source}}}}}]}}"


def started(*words: str, temporary: Path) -> subprocess.Popen[str]:
    """Start the command in a session of its own, as a terminal would."""
    return subprocess.Popen(
        [sys.executable, "-m", "kubeshot_cli", "capture", "--sandbox", SANDBOX, *words],
        env=command_environment({"TMPDIR": str(temporary)}),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_of(temporary: Path) -> list[str]:
    """Return the names of all processes that have this folder for their temporary files, or somewhere below it."""
    mark = f"TMPDIR={temporary}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if mark in (folder / "environ").read_bytes():
                found.append((folder / "comm").read_text().strip())
        except OSError:
            continue
    return found


def test_a_url_becomes_a_picture(site: Site, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = run_command(f"{site.url}/", "-o", str(tmp_path / "out"), environment={"TMPDIR": str(temporary)})
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "out" / "screenshot.png") as picture:
        assert picture.size == (1280, 800)
    assert f"{site.url}/, HTTP 200" in done.stdout
    assert "1280 x 800" in done.stdout
    assert [line.split()[2] for line in done.stderr.splitlines()[1:3]] == ["Context", "Open"]
    assert list(temporary.iterdir()) == []


def test_a_failure_is_its_exit_code_and_its_sentence(site: Site, tmp_path: Path) -> None:
    done = run_command(f"{site.url}/missing", "-o", str(tmp_path / "out"))
    assert done.returncode == ExitCode.HTTP_ERROR
    assert "HTTPError: the server answered 404" in done.stdout


def test_several_requests_get_a_folder_each(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "requests.yaml"
    file.write_text("\n---\n".join([request("first", f"{site.url}/missing"), request("second", f"{site.url}/")]))
    done = run_command("-f", str(file), "-o", str(tmp_path / "out"), "--json")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["name"], first["phase"]) == ("first", "Failed")
    assert (second["name"], second["phase"]) == ("second", "Succeeded")
    assert Path(second["outputs"][0]["file"]) == tmp_path / "out" / "second" / "screenshot.png"
    assert Path(second["outputs"][0]["file"]).stat().st_size == second["outputs"][0]["bytes"]
    assert done.returncode == ExitCode.HTTP_ERROR


def test_a_secret_of_the_same_file_reaches_the_page_and_is_not_told(site: Site, tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {token: hunter2hunter2}"
    file = tmp_path / "request.yaml"
    shot = request("shot", f"{site.url}/", token_from("{name: login, key: token}"))
    file.write_text(f"{shot}\n---\n{secret}\n---\n{request('other', f'{site.url}/')}")
    done = run_command("-f", str(file), "--name", "shot", "-o", str(tmp_path / "out"), "--json")
    answer = json.loads(done.stdout)
    # The page's title is what it was asked with.
    assert answer["page"]["title"] == "[redacted]"
    assert "hunter2" not in done.stdout + done.stderr


def test_a_request_from_standard_input_takes_its_secret_from_a_variable(site: Site, tmp_path: Path) -> None:
    text = request("shot", f"{site.url}/", token_from("{name: login, key: token}"))
    words = ("-f", "-", "-o", str(tmp_path), "--json", "--secret", "login/token=env:TOKEN")
    done = run_command(*words, environment={"TOKEN": "hunter2hunter2"}, text=text)
    assert json.loads(done.stdout)["page"]["title"] == "[redacted]"


def test_nothing_is_captured_when_one_request_is_invalid(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "requests.yaml"
    file.write_text(f"{request('good', f'{site.url}/')}\n---\n{request('bad', 'ftp://a/')}")
    done = run_command("-f", str(file), "-o", str(tmp_path / "out"))
    assert done.returncode == ExitCode.INVALID_REQUEST
    assert done.stderr == (
        "error: bad: spec.url: url must be an absolute http or https URL, such as https://example.com/pricing\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_folder_that_can_not_be_made_is_told_before_the_browser_starts(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run_command(f"{site.url}/", "-o", str(tmp_path / "file" / "out"))
    assert done.returncode == ExitCode.UPLOAD_FAILED
    assert "can't be made: Not a directory" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_an_interruption_leaves_no_process_and_no_file(site: Site, tmp_path: Path, number: signal.Signals) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with started(f"{site.url}/never", "-o", str(tmp_path / "out"), temporary=temporary) as command:
        assert site.was_asked(within=START_SECONDS), "the browser never asked for the page"
        assert len(processes_of(temporary)) > 2, "command, driver and browser are there"
        os.killpg(command.pid, number)
        _, errors = command.communicate(timeout=START_SECONDS)
    assert command.returncode == 128 + number
    assert errors.splitlines()[-1] == "interrupted"
    eventually(lambda: not processes_of(temporary), within=10, what="no process is left")
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can't have the sandbox")
def test_root_is_told_how_to_go_on(tmp_path: Path) -> None:
    done = run_command("http://127.0.0.1/", "-o", str(tmp_path), "--sandbox", "Required")
    assert done.returncode == ExitCode.SANDBOX_UNAVAILABLE
    assert "add --sandbox Disabled" in done.stderr
