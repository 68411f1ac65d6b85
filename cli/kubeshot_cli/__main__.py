"""The command `kubeshot`: the only place that reads the environment, standard input and the terminal.

KUBESHOT_CHROMIUM   the browser's path; the usual places and programs are tried when unset
KUBESHOT_ASSETS     the folder that `make assets` fills; the newest in the cache when unset
NO_COLOR            progress without colours
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from kubeshot_capture.assets import assets_folder
from kubeshot_capture.driver import PLAYWRIGHT_VARIABLES
from kubeshot_cli import desktop, verdict
from kubeshot_cli.apart import Interrupted, listen, run_apart
from kubeshot_cli.arguments import Arguments, read_arguments
from kubeshot_cli.chromium import check_sandbox, find_chromium, in_words_of_this_machine
from kubeshot_cli.folder import file_of
from kubeshot_cli.local import Machine, capture_here
from kubeshot_cli.orders import Order, read_orders
from kubeshot_cli.problems import CommandError
from kubeshot_contract.result import CaptureResult
from kubeshot_contract.result_message import decode_result


def main() -> int:
    """Run the command and return its exit code."""
    arguments = read_arguments(sys.argv[1:])
    try:
        listen()
        return _capture(arguments)
    except CommandError as error:
        _say(*(f"error: {line}" for line in str(error).splitlines()))
        return error.exit_code
    except Interrupted as interruption:
        _say("interrupted")
        return interruption.exit_code


def _capture(arguments: Arguments) -> int:
    orders = read_orders(arguments, _text(arguments.filename), os.environ)
    check_sandbox(arguments.sandbox, os.geteuid())
    machine = Machine(
        chromium=find_chromium(os.environ),
        assets=assets_folder(os.environ),
        sandbox=arguments.sandbox,
        milliseconds=arguments.milliseconds,
        colourful=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
    )
    os.environ.update(PLAYWRIGHT_VARIABLES)
    codes = []
    pictures: list[Path] = []
    for order in orders:
        code, result = _result_of(order, machine)
        shown = verdict.as_json if arguments.json else verdict.as_tables
        print(shown(order.name, result, order.spec.outputs, order.folder), flush=True)
        codes.append(code)
        pictures += _pictures(order, result)
    if arguments.opens and pictures:
        _open(pictures[0])
    return next((code for code in codes if code), 0)


def _result_of(order: Order, machine: Machine) -> tuple[int, CaptureResult]:
    _say(f"{order.name}: into {order.folder}")
    with tempfile.TemporaryDirectory(prefix="kubeshot-") as name:
        file, folder = Path(name) / "result.json", Path(name) / "files"
        folder.mkdir()

        def work() -> int:
            # What driver and browser leave behind goes with the folder.
            os.environ["TMPDIR"] = name
            return capture_here(order, machine, folder, file)

        code = run_apart(work)
        result = decode_result(file.read_text(encoding="utf-8"))
    failure = result.failure and in_words_of_this_machine(result.failure)
    return code, replace(result, failure=failure)


def _pictures(order: Order, result: CaptureResult) -> list[Path]:
    stored = {image.name for image in result.outputs}
    return [
        file_of(order.folder, output)
        for output in order.spec.outputs
        if output.name in stored and output.format.is_picture
    ]


def _open(picture: Path) -> None:
    try:
        desktop.show(picture)
    except CommandError as error:
        # The picture is there all the same, so this changes no exit code.
        _say(f"note: {error}")


def _text(filename: str | None) -> str | None:
    if filename is None:
        return None
    if filename == "-":
        return sys.stdin.read()
    try:
        return Path(filename).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{filename} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{filename} is not UTF-8") from error


def _say(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
