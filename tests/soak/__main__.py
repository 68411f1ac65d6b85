"""Keeps the operator of the cluster busy with good and bad pages for as long as asked, and looks for what leaks.

python -m soak --minutes 60 --ledger out/soak.jsonl
"""

import argparse
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

from e2e import website
from e2e.bucket import Storage
from e2e.eventually import eventually
from e2e.kubectl import from_environment
from e2e.space import OPERATOR_NAMESPACE
from soak.gauge import Gauge
from soak.load import Load, stage
from soak.report import progress, verdict
from soak.sample import Ending, Sample, note, read
from soak.verdict import fails

TURN_SECONDS = 2.0
SAMPLE_SECONDS = 10.0
PROGRESS_SECONDS = 60.0
# A request that is over stays for a minute, and a pod that takes no signal for half of one.
_REST_SECONDS = 240.0


def main() -> int:
    """Load, look, and say what was found; 1 when anything leaks."""
    options = _arguments()
    options.ledger.unlink(missing_ok=True)
    print(f"Thirty requests at a time for {options.minutes:g} minutes, a line each minute ...", flush=True)
    with _loaded() as load:
        gauge = Gauge(load.stage.kubectl)

        def sample() -> Sample:
            taken = gauge.look(load)
            note(taken, options.ledger)
            return taken

        sample()
        _work(load, sample, options.minutes)
        print("No more of them: waiting until all is at rest, which takes a minute or two ...", flush=True)
        _until_at_rest(load, gauge)
        print(progress(sample(), load.outcomes), flush=True)
        kept, stored = load.kept, load.stage.stored()
        ending = Ending(dict(load.outcomes), [*load.wrong, *load.twice()], sorted(stored - kept), sorted(kept - stored))
        note(ending, options.ledger)
    soak = read(options.ledger)
    print(f"\n{verdict(soak)}")
    return 1 if fails(soak) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default: %(default)g)")
    parser.add_argument("--ledger", type=Path, default=Path("out/soak.jsonl"), help="what is written down, and where")
    options = parser.parse_args()
    if options.minutes < 1:
        parser.error("a soak takes a minute at least")
    return options


@contextmanager
def _loaded() -> Iterator[Load]:
    kubectl = from_environment(os.environ)
    operator = kubectl.get("deployment", "kubeshot-operator", "-n", OPERATOR_NAMESPACE)
    site = website.deploy(kubectl, operator["spec"]["template"]["spec"]["containers"][0]["image"])
    try:
        with closing(Storage(kubectl)) as storage, stage(kubectl, site, storage) as made:
            yield Load(made)
    finally:
        website.remove(site)


def _work(load: Load, sample: Callable[[], Sample], minutes: float) -> None:
    begin, pause = monotonic(), threading.Event()
    next_sample, next_line = begin + SAMPLE_SECONDS, begin + PROGRESS_SECONDS
    end = begin + 60 * minutes
    while (now := monotonic()) < end:
        load.look()
        load.fill()
        if now >= next_sample:
            taken = sample()
            next_sample += SAMPLE_SECONDS
            if now >= next_line:
                print(progress(taken, load.outcomes), flush=True)
                next_line += PROGRESS_SECONDS
        pause.wait(TURN_SECONDS)
    print(progress(sample(), load.outcomes), flush=True)


def _until_at_rest(load: Load, gauge: Gauge) -> None:
    def at_rest() -> bool:
        load.look()
        seen = gauge.look(load)
        left = {"open": load.open, "requests": seen.requests, "pods": seen.pods, "processes": seen.processes}
        assert not any(left.values()), left
        return True

    try:
        eventually(at_rest, within=_REST_SECONDS, what="all is at rest", interval=TURN_SECONDS)
    except AssertionError as error:
        # The verdict says what it is.
        print(error, flush=True)


if __name__ == "__main__":
    sys.exit(main())
