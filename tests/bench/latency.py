"""How long one request takes, one at a time."""

import time

from bench.measure import median, percentile_95, table
from bench.setting import Setting, arguments, prepared
from e2e.eventually import eventually
from e2e.kubectl import is_ready
from e2e.space import Shot

PARTS = ("queued", "podStart", "navigate", "settle", "shoot", "upload", "total")
LOOK_EVERY = 0.01


def measure_one(setting: Setting, number: int) -> tuple[float, Shot]:
    """Return the seconds from apply to Ready, and the request."""
    name = f"latency-{number:03}"
    begin = time.monotonic()
    shot = setting.space.requests({name: setting.spec})[name]
    eventually(lambda: is_seen_ready(shot), within=120, what=f"{name} is ready", interval=LOOK_EVERY)
    return time.monotonic() - begin, shot


def is_seen_ready(shot: Shot) -> bool:
    states = shot.space.states(shot.name)
    return bool(states) and is_ready(states[-1])


def main() -> None:
    """Measure, and print what came of it."""
    options = arguments("Measure the time from apply to Ready, one request at a time.", 20)
    with prepared(options) as setting:
        seconds, parts = [], []
        for number in range(setting.count):
            taken, shot = measure_one(setting, number)
            seconds.append(taken)
            parts.append(shot.status["timings"])
            shot.until_no_pod(within=60)
    rows = [("apply to Ready", f"{median(seconds):.2f}", f"{percentile_95(seconds):.2f}")]
    for name in PARTS:
        values = [part[name] / 1000 for part in parts if name in part]
        if values:
            rows.append((f"timings.{name}", f"{median(values):.2f}", f"{percentile_95(values):.2f}"))
    print(f"Latency of {setting.count} requests, one at a time\n")
    print(table(("seconds", "median", "p95"), rows))


if __name__ == "__main__":
    main()
