"""The command: `kubeshot capture -f request.yaml -o out/`."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import yaml

from kubeshot_capture import cgroup, processes
from kubeshot_capture.attempt import chromium_path
from kubeshot_capture.browser import PLAYWRIGHT_VARIABLES, BrowserProcess
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import attempt_deadline
from kubeshot_capture.pipeline import capture
from kubeshot_capture.report import Report
from kubeshot_capture.supplies import take_supplies
from kubeshot_cli.folder import Folder
from kubeshot_cli.schema import request_schema, with_defaults
from kubeshot_contract.options import Sandbox
from kubeshot_contract.parse_spec import parse_spec
from kubeshot_contract.reasons import exit_code_of
from kubeshot_contract.secret_values import FILES_FOLDER

ATTEMPT_MILLISECONDS = 60_000


def main() -> int:
    """Capture one request into a folder and return the exit code."""
    parser = argparse.ArgumentParser(prog="kubeshot")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("capture")
    command.add_argument("-f", "--filename", type=Path, required=True)
    command.add_argument("-o", "--output", type=Path, default=Path("out"))
    asked = parser.parse_args()
    os.environ.update(PLAYWRIGHT_VARIABLES)
    request = yaml.safe_load(asked.filename.read_text(encoding="utf-8"))
    spec = parse_spec(with_defaults(request["spec"], request_schema()["properties"]["spec"]))
    with tempfile.TemporaryDirectory(prefix="kubeshot-") as folder:
        result = Path(folder) / "result.json"
        report = Report(result, 1, 1, cgroup.peak_memory)
        supplies = take_supplies(spec, os.environ, Path(os.environ.get("CAPTURE_FILES") or FILES_FOLDER))
        sandbox = Sandbox.DISABLED if os.geteuid() == 0 else Sandbox.REQUIRED
        commission = Commission(spec, supplies, sandbox, Path(folder), Folder(asked.output))

        async def attempt() -> int:
            deadline = attempt_deadline(time.monotonic, ATTEMPT_MILLISECONDS)
            browser = BrowserProcess(chromium_path(os.environ))
            failure = await capture(commission, report, browser, deadline, cgroup.oom_kills)
            report.finish(failure)
            return exit_code_of(failure.reason) if failure else 0

        code = asyncio.new_event_loop().run_until_complete(attempt())
        asked.output.mkdir(parents=True, exist_ok=True)
        (asked.output / "result.json").write_bytes(result.read_bytes())
    processes.kill_descendants()
    return code


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
