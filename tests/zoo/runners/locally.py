"""Captures cases with the command on this machine, from a zoo of its own: no cluster, for those who write pages."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from kubeshot_contract.reasons import Reason, reason_of
from zoo.case import Case
from zoo.developed import Developed
from zoo.runners.port import Addresses, kept_by, manifest_of, names_of, read

REPOSITORY = Path(__file__).parents[3]
CONCURRENT_CAPTURES = 2
LONGEST_SECONDS = 180
# Root can't have Chromium's sandbox.
SANDBOX = "Disabled" if os.geteuid() == 0 else "Required"


class LocalRunner:
    """The command, two at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the zoo; files go into the folder."""
        self._folder = folder
        self._zoo = subprocess.Popen(
            [sys.executable, "-m", "zoo", "--port", "0"], env=_environment(), stdout=subprocess.PIPE, text=True
        )
        # Bound and not listening: whoever connects there is refused for as long as this runs.
        self._nobody = socket.socket()
        self._nobody.bind(("127.0.0.1", 0))
        assert self._zoo.stdout is not None
        main, other, tls = self._zoo.stdout.readline().split()
        self._addresses = Addresses(main, other, tls, refused=f"http://127.0.0.1:{self._nobody.getsockname()[1]}")
        self._executor = ThreadPoolExecutor(CONCURRENT_CAPTURES)
        self._futures: dict[str, Future[Developed]] = {}

    def start(self, cases: Iterable[Case]) -> None:
        """Begin with these cases."""
        for case in cases:
            for name in names_of(case):
                self._futures[name] = self._executor.submit(self._capture, name, case)

    def developed(self, name: str) -> Developed:
        """Wait for one."""
        return self._futures[name].result()

    def close(self) -> None:
        """Give up what has not begun, and close the zoo."""
        self._executor.shutdown(cancel_futures=True)
        self._zoo.terminate()
        self._zoo.wait()
        assert self._zoo.stdout is not None
        self._zoo.stdout.close()
        self._nobody.close()

    def _capture(self, name: str, case: Case) -> Developed:
        folder = self._folder / name
        folder.mkdir()
        request = folder / "request.yaml"
        documents = [manifest_of(name, case, self._addresses), *kept_by([case], self._addresses)]
        # JSON is YAML.
        request.write_text("\n---\n".join(json.dumps(document) for document in documents))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "kubeshot_cli", "capture", "--sandbox", SANDBOX, "--json"),
                *("-f", str(request), "-o", str(folder / "out")),
            ],
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        return _developed(done)


def _developed(done: subprocess.CompletedProcess[str]) -> Developed:
    if not done.stdout:
        reason = reason_of(done.returncode) or Reason.INTERNAL_ERROR
        return read({}, (reason, done.stderr), {}, done.stderr)
    answer = json.loads(done.stdout)
    failure = answer["failure"] and (answer["failure"]["reason"], answer["failure"]["message"])
    contents = {output["name"]: Path(output["file"]).read_bytes() for output in answer["outputs"]}
    return read(answer, failure, contents, done.stdout + done.stderr)


def _environment() -> dict[str, str]:
    paths = (REPOSITORY / "capture-image", REPOSITORY / "cli", REPOSITORY / "tests")
    return {**os.environ, "PYTHONPATH": ":".join(map(str, paths))}
