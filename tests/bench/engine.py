"""What the engine costs without a cluster: the time of each stage, and the peak memory of each kind of output."""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import median, table
from bench.memory import Ran, counts_groups, run_measured
from bench.pages import served
from integration.engine.locally import SANDBOX, command_environment
from kubeshot_contract.result import Stage

# Always observed, so that a page which only looks idle is not taken for settled.
WINDOW_MS = 500
MIB = 1 << 20
VIEWPORT = {"width": 1280, "height": 800}
HEIGHTS = (10_000, 60_000, 100_000)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of output, of the static page or of one of this height."""

    title: str
    output: dict[str, Any]
    height: int | None = None


KINDS = (
    Kind("viewport, PNG", {}),
    *(
        Kind(f"full page of {height:,} px, {name}", {"area": "FullPage", "format": name}, height)
        for height in HEIGHTS
        for name in ("PNG", "JPEG")
        # JPEG ends at 65,535 rows.
        if (height, name) != (100_000, "JPEG")
    ),
    Kind("full page of 10,000 px, WebP", {"area": "FullPage", "format": "WebP"}, 10_000),
    Kind("full page of 7,000 px, AVIF", {"area": "FullPage", "format": "AVIF"}, 7_000),
    Kind("10,000 px, PDF", {"format": "PDF"}, 10_000),
    Kind("10,000 px, MHTML", {"format": "MHTML"}, 10_000),
    Kind("10,000 px, HTML", {"format": "HTML"}, 10_000),
)


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture by the command: its answer, and its peak memory in bytes."""

    answer: dict[str, Any]
    peak: int

    def milliseconds(self, stage: Stage) -> int:
        """Return the time of a stage, 0 when it didn't run."""
        return next(
            (int(each["milliseconds"]) for each in self.answer["verdict"]["stages"] if each["name"] == stage), 0
        )

    @property
    def state(self) -> str:
        """How it ended, in a word."""
        failure = self.answer["failure"]
        return failure["reason"] if failure else "captured"


def capture(url: str, output: dict[str, Any], limit_mib: int | None = None) -> Capture:
    """Capture one output of a page."""
    request = {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "ScreenshotRequest",
        "metadata": {"name": "bench"},
        "spec": {"url": url, "viewport": VIEWPORT, "outputs": [{"name": "output", **output}]},
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "request.json").write_text(json.dumps(request))
        words = ["-f", str(folder / "request.json"), "-o", str(folder / "files"), "--json"]
        command = [sys.executable, "-m", "kubeshot_cli", "capture", *words, "--sandbox", SANDBOX, "--timeout", "180s"]
        ran: Ran = run_measured(command, command_environment(), folder, limit_mib)
    if not ran.output:
        raise RuntimeError(f"the command ended with {ran.exit_code}: {ran.errors}")
    return Capture(json.loads(ran.output), ran.peak)


def stage_times(base: str, runs: int) -> str:
    """Return the medians of all stages on the static page."""
    # In turns, so that what else the machine does falls on both.
    pairs = [(capture(f"{base}/", {}), naive_time(base)) for _ in range(runs)]
    captures, naive = [one for one, _ in pairs], [milliseconds for _, milliseconds in pairs]
    medians = {stage: median(each.milliseconds(stage) for each in captures) for stage in Stage}
    after_start = [
        sum(each.milliseconds(stage) for stage in Stage if stage is not Stage.CONTEXT) - WINDOW_MS for each in captures
    ]
    rows = [(str(stage), f"{milliseconds:.0f}") for stage, milliseconds in medians.items()]
    rows.append(("all but the browser's start and the window", f"{median(after_start):.0f}"))
    rows.append(("the same without an engine: goto and screenshot", f"{median(naive):.0f}"))
    rows.append(("what the engine adds beside the window", f"{median(after_start) - median(naive):.0f}"))
    return table(("stage", "ms"), rows)


def naive_time(base: str) -> float:
    """Return the milliseconds of opening the static page and taking its picture, in a process of its own like ours."""
    command = [sys.executable, "-m", "bench.naive", f"{base}/", json.dumps(VIEWPORT)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(done.stdout)


def memory_peaks(base: str, runs: int, limit_mib: int | None) -> str:
    """Return the peak memory of each kind of output."""
    return table(
        ("output", "peak, MiB", "shoot, ms", "encode, ms", "MB", "end"),
        [_memory_row(kind, base, runs, limit_mib) for kind in KINDS],
    )


def _memory_row(kind: Kind, base: str, runs: int, limit_mib: int | None) -> tuple[str, ...]:
    url = f"{base}/tall?height={kind.height}" if kind.height else f"{base}/"
    captures = [capture(url, kind.output, limit_mib) for _ in range(runs)]
    sizes = [output["bytes"] for each in captures for output in each.answer["outputs"]]
    return (
        kind.title,
        f"{max(each.peak for each in captures) / MIB:.0f}",
        f"{median(each.milliseconds(Stage.SHOOT) for each in captures):.0f}",
        f"{median(each.milliseconds(Stage.ENCODE) for each in captures):.0f}",
        f"{median(sizes) / 1e6:.2f}",
        ", ".join(sorted({each.state for each in captures})),
    )


def main() -> None:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="captures of the static page (default: %(default)s)")
    parser.add_argument("--memory-runs", type=int, default=1, help="captures of each output (default: %(default)s)")
    parser.add_argument("--limit-mib", type=int, help="run under this limit of memory, as a pod would")
    options = parser.parse_args()
    how = "the control group of all its processes" if counts_groups() else "samples of its processes' shares"
    with served() as base:
        capture(f"{base}/", {})  # Files come from the disk once.
        print(f"Stages on a static page, median of {options.runs}\n\n{stage_times(base, options.runs)}\n")
        print(f"Peak memory of command, driver and browser, by {how}", flush=True)
        print(f"\n{memory_peaks(base, options.memory_runs, options.limit_mib)}")


if __name__ == "__main__":
    main()
