"""Which pass is made over what, and by whom."""

from collections.abc import Callable
from typing import assert_never

from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.runtime.pool_keeper import PoolKeeper
from kubeshot_operator.runtime.queue import Work
from kubeshot_operator.runtime.reconcile import Reconciler


class Passes:
    """What the workers do. A replica that stands by makes no pass: it has all of them made when it takes over."""

    def __init__(self, reconciler: Reconciler, keeper: PoolKeeper, decides: Callable[[], bool]) -> None:
        self._reconciler = reconciler
        self._keeper = keeper
        self._decides = decides

    async def make(self, work: Work) -> None:
        """Make the pass that is due; see there for the errors."""
        if not self._decides():
            return
        match work:
            case Key():
                await self._reconciler.reconcile(work)
            case Pool():
                await self._keeper.keep(work)
            case _:
                assert_never(work)
