"""Waits for what the user asked to wait for."""

import asyncio

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.tab import Tab
from kubeshot_contract.result import Outcome
from kubeshot_contract.spec import WaitRule


async def run(tab: Tab, rule: WaitRule, deadline: Deadline) -> Outcome:
    """Wait for the delay, as far as there is time for it."""
    if not rule.delay_ms:
        return Outcome.SKIPPED
    seconds = min(rule.delay_ms / 1000, deadline.left())
    await asyncio.sleep(seconds)
    return Outcome.SETTLED if seconds == rule.delay_ms / 1000 else Outcome.TIMED_OUT
