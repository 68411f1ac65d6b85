"""Who makes a pass: only the replica that leads."""

import pytest

from kubeshot_operator.runtime.passes import Passes
from kubeshot_operator.runtime.pod_maker import PodMaker
from kubeshot_operator.runtime.pool_keeper import PoolKeeper
from kubeshot_operator.runtime.queue import Work
from kubeshot_operator.runtime.reconcile import Reconciler
from unit.operator.builders import KEY, make_class, make_request, make_state, make_warm
from unit.operator.fake_buckets import FakeBuckets
from unit.operator.fake_cluster import FakeCluster
from unit.operator.fake_policies import make_policy_keeper
from unit.operator.virtual_time import run_virtually


@pytest.mark.parametrize("leads", [True, False], ids=["leads", "stands by"])
@pytest.mark.parametrize("work", [KEY, make_warm().owner], ids=["a request", "a pool"])
def test_only_who_leads_touches_anything(work: Work, leads: bool) -> None:
    calls: list[str] = []

    async def main() -> None:
        cluster = FakeCluster(interfere=calls.append)
        state = make_state()
        state.cache.classes.put(make_class())
        state.cache.put_request(make_request())
        state.cache.put_pod(make_warm(phase="Failed"))
        maker = PodMaker(state.cache, cluster, FakeBuckets(), make_policy_keeper(), "dispatch:8444")
        keeper = PoolKeeper(state, cluster, cluster.now)
        passes = Passes(Reconciler(state, maker, cluster.now), keeper, lambda: leads)
        for _ in range(2):
            await passes.make(work)

    run_virtually(main)
    assert bool(calls) is leads
