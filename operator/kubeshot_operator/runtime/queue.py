"""The queue of what is to be looked at: a schedule, the event loop's clock, and workers that make one pass each."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.runtime.schedule import Schedule

logger = logging.getLogger(__name__)

Work = Key | Pool
"""What a pass is made over: one request, or the warm pods of one class in one namespace."""


class QueueFigures(Protocol):
    """Counts what the queue does; see `runtime.metrics.Metrics`."""

    def added(self) -> None: ...
    def taken(self, waited: float) -> None: ...
    def worked(self, seconds: float, *, again: bool) -> None: ...


class Uncounted:
    """Counts nothing."""

    def added(self) -> None:
        """Let it be."""

    def taken(self, waited: float) -> None:
        """Let it be."""

    def worked(self, seconds: float, *, again: bool) -> None:
        """Let it be."""


class WorkQueue:
    """Adding is idempotent and never blocks; a key is worked on by one worker at a time."""

    def __init__(self, figures: QueueFigures | None = None) -> None:
        self._figures = figures or Uncounted()
        # A namespace that applies thousands at once must not hold up the first look at those of others.
        self._schedule: Schedule[Work] = Schedule(lambda work: work.namespace)
        self._poke = asyncio.Event()
        self._given_back = asyncio.Event()
        self._is_draining = False

    @property
    def is_draining(self) -> bool:
        """Whether no more passes are begun."""
        return self._is_draining

    def add(self, key: Work, rank: int = 0) -> None:
        """Have a pass made over this as soon as a worker is free, before those of its namespace with a higher rank."""
        self._figures.added()
        self._schedule.add(key, _now(), rank)
        self._poke.set()

    def add_first(self, key: Work) -> None:
        """Have a pass made over this before all others: it runs, or something is kept free for it."""
        self._schedule.add_first(key, _now())
        self._poke.set()

    def add_after(self, key: Work, seconds: float) -> None:
        """Have a pass made over this in so many seconds, instead of at the time planned before."""
        self._schedule.add_at(key, _now() + max(0.0, seconds))
        self._poke.set()

    def forget(self, key: Work) -> None:
        """Drop the plans for what is gone."""
        self._schedule.forget(key)

    def __len__(self) -> int:
        return len(self._schedule)

    def head_age(self) -> float:
        """Return for how many seconds the first in the queue has waited for a worker."""
        return self._schedule.head_age(_now())

    async def run(self, work: Callable[[Work], Awaitable[None]], workers: int) -> None:
        """Work until cancelled, on `workers` keys at a time."""
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(self._work(work))

    async def drain(self, seconds: float) -> bool:
        """Begin no more passes, and wait for those under way, at most so long; return whether all have ended."""
        self._is_draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._schedule.taken:
                    self._given_back.clear()
                    await self._given_back.wait()
        return not self._schedule.taken

    async def _work(self, work: Callable[[Work], Awaitable[None]]) -> None:
        while True:
            key = await self._take()
            begun, went_well = _now(), False
            try:
                await work(key)
                went_well = True
            except UnavailableError as error:
                delay = self._schedule.failed(key, _now())
                logger.warning("the pass broke off", extra=_about(key, error=str(error), retry_seconds=delay))
            except Exception:
                # One request must not stop all others; the trace is in the log and the pass is made again.
                delay = self._schedule.failed(key, _now())
                logger.exception("the pass failed", extra=_about(key, retry_seconds=delay))
            else:
                self._schedule.done(key)
            self._figures.worked(_now() - begun, again=not went_well)
            self._poke.set()
            self._given_back.set()

    async def _take(self) -> Work:
        while self._is_draining or (key := self._hand_out()) is None:
            due = None if self._is_draining else self._schedule.next_due()
            self._poke.clear()
            # Not wait_for: when it is cancelled just as its time comes, Python 3.11 forgets the one over the other.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._poke.wait()
        return key

    def _hand_out(self) -> Work | None:
        taken = self._schedule.take(_now())
        if taken is None:
            return None
        key, waited = taken
        self._figures.taken(waited)
        return key


def _now() -> float:
    return asyncio.get_running_loop().time()


def _about(key: Work, **fields: object) -> dict[str, object]:
    named = {"request": key.name} if isinstance(key, Key) else {"pool": key.class_name}
    return {"namespace": key.namespace, **named, **fields}
