"""Waits for what the user asked to wait for."""

import asyncio

from kubeshot_capture.deadline import Deadline
from kubeshot_contract.result import Outcome


async def run(delay_ms: int, deadline: Deadline) -> Outcome:
    """Wait for the delay, as far as there is time for it."""
    if not delay_ms:
        return Outcome.SKIPPED
    seconds = min(delay_ms / 1000, deadline.left())
    await asyncio.sleep(seconds)
    return Outcome.SETTLED if seconds == delay_ms / 1000 else Outcome.TIMED_OUT
