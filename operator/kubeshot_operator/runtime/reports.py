"""What pods told of the end of their captures by themselves, until it is in the status.

Nothing is lost with the operator: an isolated pod's termination message says the same, and a warm pod, whose message
can't hold all of its captures, hears only then that its report has arrived.
"""

import asyncio

from kubeshot_contract.result import CaptureResult
from kubeshot_operator.api.model import Key


class Reports:
    """At most one report per request: that of the attempt which was under way when it came."""

    def __init__(self) -> None:
        self._results: dict[Key, CaptureResult] = {}
        self._kept: dict[Key, asyncio.Event] = {}

    def put(self, key: Key, result: CaptureResult) -> None:
        """Remember what was told of a request."""
        self._results[key] = result

    def get(self, key: Key) -> CaptureResult | None:
        """Return what was told of a request."""
        return self._results.get(key)

    def forget(self, key: Key) -> None:
        """Forget what was told: it is written, or nobody waits for it any more."""
        self._results.pop(key, None)
        if (kept := self._kept.pop(key, None)) is not None:
            kept.set()

    async def is_kept(self, key: Key, seconds: float) -> bool:
        """Wait until what was told need not be remembered any more; say whether that was so in time."""
        if key not in self._results:
            return True
        kept = self._kept.setdefault(key, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                return await kept.wait()
        except TimeoutError:
            return False
