"""The command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kubeshot_contract.durations import parse_milliseconds
from kubeshot_contract.options import Sandbox

_EPILOG = """\
exit codes: 0 captured, 2 not a valid request, 130 interrupted; docs/command.md has the others,
which are those of the capture's pod, one for each reason of a failure.

examples:
  kubeshot capture https://example.com --open
  kubeshot capture -f request.yaml -o out/
  kubeshot capture -f request.yaml --secret login/password=env:PASSWORD
"""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was asked for. Exactly one of `url` and `filename` is given; `-` is standard input."""

    url: str | None
    filename: str | None
    folder: Path
    name: str | None
    secrets: tuple[str, ...]
    sandbox: Sandbox
    milliseconds: int
    opens: bool
    json: bool


def read_arguments(words: Sequence[str]) -> Arguments:
    """Return what these words ask for; end the process with a usage message when they can't be read."""
    parser = argparse.ArgumentParser(prog="kubeshot", description="Pictures of web pages, as Kubeshot takes them.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    capture = commands.add_parser(
        "capture",
        help="capture a page on this machine, without a cluster",
        description="Capture what a ScreenshotRequest asks for on this machine, in the way the cluster does it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options(capture)
    given = parser.parse_args(words)
    if given.name is not None and given.filename is None:
        capture.error("--name chooses a request of a file: give one with -f")
    return Arguments(
        url=given.url,
        filename=given.filename,
        folder=given.output,
        name=given.name,
        secrets=tuple(given.secret),
        sandbox=Sandbox(given.sandbox),
        milliseconds=given.timeout,
        opens=given.open,
        json=given.json,
    )


def _add_options(capture: argparse.ArgumentParser) -> None:
    page = capture.add_mutually_exclusive_group(required=True)
    page.add_argument("url", nargs="?", metavar="URL", help="a page, captured with every default")
    page.add_argument("-f", "--filename", metavar="FILE", help="a file with requests; - is standard input")
    add = capture.add_argument
    add("-o", "--output", type=Path, default=Path("out"), metavar="FOLDER", help="where files go (default: out)")
    add("--name", help="only the request of this name")
    add(
        "--secret",
        action="append",
        default=[],
        metavar="NAME/KEY=SOURCE",
        help="a value of a Secret that the request names; SOURCE is env:VARIABLE or file:PATH",
    )
    add(
        "--sandbox",
        choices=[str(word) for word in Sandbox],
        default=str(Sandbox.REQUIRED),
        help="whether Chromium must run inside its own sandbox (default: Required)",
    )
    add("--timeout", type=_milliseconds, default="60s", metavar="TIME", help="for each request (default: 60s)")
    add("--open", action="store_true", help="show the first picture")
    add("--json", action="store_true", help="print each result as a line of JSON")


def _milliseconds(text: str) -> int:
    try:
        milliseconds = parse_milliseconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if milliseconds < 1000:
        raise argparse.ArgumentTypeError(f"{text} is too short: give at least 1s")
    return milliseconds
