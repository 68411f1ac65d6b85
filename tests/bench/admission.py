"""What a pass spends in the line: `PYTHONPATH=operator:capture-image:cli:tests python -m bench.admission`."""

import time
from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.tally import Load
from unit.operator.builders import NOW, make_class, make_load

ROUNDS, PASSES = 9, 1_000
NAMESPACES = 50
RUNNING = 20


def make_waiters(count: int, hosts: int) -> list[Waiter]:
    """Return requests of all namespaces, for so many hosts."""
    return [
        Waiter(
            Key(f"team-{number % NAMESPACES}", f"shot-{number}"),
            Share("default", f"team-{number % NAMESPACES}", f"host-{number % hosts}.example"),
            Want.OWN_POD,
            0,
            NOW + timedelta(seconds=number),
        )
        for number in range(count)
    ]


def microseconds_per_pass(pods: int, waiters: list[Waiter], load: Load) -> float:
    """Return the CPU time in the line of a pass over a request that waits, where so many pods may run."""
    line = Admission(Ceiling(pods, 1_000_000))
    for waiter in waiters:
        line.ask(waiter, load)
    return median(
        _spent(line, load, (waiters[each * 7 % len(waiters)] for each in range(PASSES))) for _ in range(ROUNDS)
    )


def _spent(line: Admission, load: Load, waiters: Iterable[Waiter]) -> float:
    begun = time.process_time()
    for waiter in waiters:
        line.begin(waiter.key)
        line.ask(waiter, load)
        line.end(waiter.key)
        line.next_up(load)
        line.due(load)
    return (time.process_time() - begun) / PASSES * 1e6


def main() -> None:
    """Print the figures: where all pods are taken, and where there are pods and every host is at its limit."""
    for told, pods, hosts in (("all pods run", RUNNING, 10_000), ("the host is full", 2 * RUNNING, 1)):
        load = make_load(
            *(Share("default", f"team-{number}", "host-0.example") for number in range(RUNNING)),
            classes={"default": make_class(limits={"perHost": RUNNING})},
        )
        for waiting in (100, 1_000, 10_000):
            spent = microseconds_per_pass(pods, make_waiters(waiting, hosts), load)
            print(f"{waiting:6} of {NAMESPACES} namespaces wait, {told}: {spent:4.0f} µs in a pass")


if __name__ == "__main__":
    main()
