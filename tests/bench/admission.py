"""What a pass spends in the line: `PYTHONPATH=operator:capture-image:cli:tests python -m bench.admission`."""

import time
from datetime import timedelta

from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.lane import Waiter, Want
from unit.operator.builders import NOW, make_class, make_load

PASSES = 5_000
NAMESPACES = 50
RUNNING = 20


def microseconds_per_pass(waiting: int, hosts: int) -> float:
    """Return the time in the line of a pass over a request that waits, and of one that starts, on average."""
    line = Admission(Ceiling(RUNNING, 1_000_000))
    load = make_load(
        *(Share("default", f"team-{number}", "") for number in range(RUNNING)),
        classes={"default": make_class(limits={"perHost": 4})},
    )
    waiters = [
        Waiter(
            Key(f"team-{number % NAMESPACES}", f"shot-{number}"),
            Share("default", f"team-{number % NAMESPACES}", f"host-{number % hosts}.example"),
            Want.OWN_POD,
            0,
            NOW + timedelta(seconds=number),
        )
        for number in range(waiting)
    ]
    for waiter in waiters:
        line.ask(waiter, load)
    begun = time.perf_counter()
    for number in range(PASSES):
        waiter = waiters[number * 7 % waiting]
        line.begin(waiter.key)
        line.ask(waiter, load)
        line.end(waiter.key)
        line.next_up(load)
        line.due(load)
    return (time.perf_counter() - begun) / PASSES * 1e6


def main() -> None:
    """Print the figures."""
    for hosts in (1, 10_000):
        for waiting in (100, 1_000, 10_000):
            print(f"{waiting:6} wait, {hosts:6} hosts: {microseconds_per_pass(waiting, hosts):6.0f} µs in a pass")


if __name__ == "__main__":
    main()
