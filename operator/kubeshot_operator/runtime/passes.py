"""Which pass is made over what."""

from typing import assert_never

from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.runtime.pool_keeper import PoolKeeper
from kubeshot_operator.runtime.queue import Work
from kubeshot_operator.runtime.reconcile import Reconciler


class Passes:
    """What the workers do."""

    def __init__(self, reconciler: Reconciler, keeper: PoolKeeper) -> None:
        self._reconciler = reconciler
        self._keeper = keeper

    async def make(self, work: Work) -> None:
        """Make the pass that is due; see there for the errors."""
        match work:
            case Key():
                await self._reconciler.reconcile(work)
            case Pool():
                await self._keeper.keep(work)
            case _:
                assert_never(work)
