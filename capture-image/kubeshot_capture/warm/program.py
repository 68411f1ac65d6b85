"""Puts a warm pod together and runs it."""

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Error as PlaywrightError

from kubeshot_capture import cgroup, log
from kubeshot_capture.browser import Driver
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.warm.captures import Captures, Surroundings
from kubeshot_capture.warm.chromium import Chromium
from kubeshot_capture.warm.orders import Orders
from kubeshot_capture.warm.pod import Condition, WarmPod
from kubeshot_contract.dispatch import WarmEnd, WarmLimits
from kubeshot_contract.options import Sandbox

# Driver, Python and an empty Chromium take 300 MB and give back what captures took.
LEAKED_SHARE = 0.6
BROWSER_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a warm pod finds what it needs: driver, browser, the files captures bring along, the class's own proxy."""

    driver: Driver
    chromium: Path
    assets: Path | None
    proxy: str | None


async def run(limits: WarmLimits, orders: Orders, place: Place) -> WarmEnd:
    """Work until the pod's end, and return why it came. The process has to be ended with all that it started."""
    loop = asyncio.get_running_loop()
    # A claim and each report, encoding and upload blocks a thread.
    loop.set_default_executor(ThreadPoolExecutor(4 * limits.pages + 4))
    memory_limit = cgroup.memory_limit()
    chromium = Chromium(place.driver, place.chromium, lambda: cgroup.share_in_use(memory_limit) > LEAKED_SHARE)

    def condition() -> Condition:
        return Condition(cgroup.share_in_use(memory_limit), chromium.lost, chromium.has_driver)

    captures = Captures(Surroundings(chromium, place.assets, place.proxy, cgroup.oom_kills))
    pod = WarmPod(limits, orders, captures, condition, time.monotonic)
    loop.add_signal_handler(signal.SIGTERM, pod.terminate)
    log.write("warm", pages=limits.pages, captures=limits.max_captures)
    start = asyncio.ensure_future(_start(chromium, limits.sandbox))
    end = await pod.run()
    start.cancel()
    log.write("ended", reason=end.reason, captures=end.captures)
    return end


async def _start(chromium: Chromium, sandbox: Sandbox) -> None:
    """Have a browser before the first job is there; why there is none, the first job says."""
    deadline = Deadline(time.monotonic, time.monotonic() + BROWSER_START_SECONDS)
    with suppress(CaptureError, PlaywrightError):
        await chromium.start(sandbox, deadline)
