"""An event loop whose clock jumps to the next thing that is due: hours pass in milliseconds, and nothing sleeps."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

# A loop wakes a timer up to a nanosecond early, and two who find that it is not time yet wake each other without end.
# So much work takes some time.
_LONG, _STEP = 10_000, 1e-9


class NothingLeftError(AssertionError):
    """Nothing is due any more, and the test still waits: what it waits for never happens."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting, moves the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._busy = 0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise NothingLeftError("no timer is armed and no task can run")
        self._busy = 0 if timeout > 0.0 else self._busy + 1
        self.now += max(_STEP if self._busy > _LONG else 0.0, timeout)
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run_virtually(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end in virtual time, which begins at 0."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(main())
