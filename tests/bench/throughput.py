"""How many requests a cluster takes per minute, and what they cost the API server and the operator."""

import time
from dataclasses import dataclass

from bench.measure import (
    FLOWS,
    calls,
    counted_calls,
    cpu_seconds,
    differences,
    image_sizes,
    peak_memory_mib,
    table,
)
from bench.setting import Setting, arguments, prepared
from e2e.eventually import eventually
from e2e.kubectl import is_ready
from e2e.space import Space


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a burst of requests took."""

    seconds: float
    cpu_seconds: float
    calls: dict[str, int]
    retried: int
    peak_memory_mib: float


def ready(space: Space) -> set[str]:
    """Return the names of the requests that are ready."""
    return {name for name, body in space.last_states().items() if is_ready(body)}


def measure(setting: Setting) -> Outcome:
    """Apply all requests at once, and wait until all are ready and their pods are gone."""
    kubectl, space = setting.kubectl, setting.space
    calls_before, cpu_before = calls(kubectl), cpu_seconds(kubectl)
    begin = time.monotonic()
    shots = space.requests({f"throughput-{number:03}": setting.spec for number in range(setting.count)})
    eventually(
        lambda: ready(space) >= shots.keys(),
        within=30 + 10 * setting.count,
        what="all requests are ready",
    )
    seconds = time.monotonic() - begin
    eventually(lambda: not space.pods_now(), within=60, what="no pod is left")
    return Outcome(
        seconds=seconds,
        cpu_seconds=cpu_seconds(kubectl) - cpu_before,
        calls=differences(calls_before, calls(kubectl)),
        retried=sum(len(shot.attempts) > 1 for shot in shots.values()),
        peak_memory_mib=peak_memory_mib(kubectl),
    )


def main() -> None:
    """Measure, and print what came of it."""
    options = arguments("Apply many requests at once, and measure what they take.", 60)
    with prepared(options) as setting, counted_calls(setting.kubectl):
        outcome = measure(setting)
        sizes = image_sizes(setting.kubectl)
    count = setting.count
    without_events = sum(made for name, made in outcome.calls.items() if name != "events")
    rows = [
        ("requests per minute", f"{60 * count / outcome.seconds:.1f}"),
        ("seconds for all", f"{outcome.seconds:.1f}"),
        ("requests that needed a retry", outcome.retried),
        ("API calls per capture, events apart", f"{without_events / count:.2f}"),
        ("operator CPU per capture, ms", f"{1000 * outcome.cpu_seconds / count:.1f}"),
        ("operator's peak memory, MiB", f"{outcome.peak_memory_mib:.0f}"),
    ]
    print(f"{count} requests at once\n")
    print(table(("figure", "value"), rows))
    print("\nThe operator's API calls\n")
    made = [(flow.what, outcome.calls[flow.name], f"{outcome.calls[flow.name] / count:.2f}") for flow in FLOWS]
    print(table(("call", "all", "per capture"), made))
    print("\nImages\n")
    print(table(("image", "MB"), [(name, f"{size:.0f}") for name, size in sorted(sizes.items())]))


if __name__ == "__main__":
    main()
