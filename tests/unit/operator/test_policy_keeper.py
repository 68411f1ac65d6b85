"""NetworkPolicies of capture pods: there before the pods are, put right when changed, gone when nobody needs them."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from kubeshot_operator.adapters.errors import RefusedError, UnavailableError
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Pool
from kubeshot_operator.decide.network_policy import Surroundings
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.policy_keeper import PolicyKeeper, pools_in_use
from unit.operator.builders import KEY, make_class, make_pod, make_request, make_warm
from unit.operator.fake_policies import FakePolicies
from unit.operator.virtual_time import run_virtually

POLICY = ("team", "kubeshot-default")
POOL = Pool("team", "default")


@dataclass
class Setting:
    """A keeper, what it writes to, and what names lead to."""

    policies: FakePolicies = field(default_factory=FakePolicies)
    names: dict[str, Collection[str]] = field(default_factory=lambda: {"minio.storage": ["10.96.0.7"]})
    asked: list[str] = field(default_factory=list)
    needed: dict[Pool, CaptureClass] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keeper = self.fresh()

    def fresh(self) -> PolicyKeeper:
        """Return a keeper that knows nothing."""
        surroundings = Surroundings("kubeshot-system", 8444)
        return PolicyKeeper(self.policies, self.resolve, surroundings, lambda: asyncio.get_running_loop().time())

    async def resolve(self, host: str) -> Collection[str]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError("not known")
        return self.names[host]

    async def sweep(self) -> None:
        """Look at all policies."""
        await self.keeper.sweep(lambda: self.needed)

    def blocks(self) -> list[str]:
        """Return the networks that the policy opens."""
        rules = self.policies.there[POLICY]["spec"]["egress"]
        return [peer["ipBlock"]["cidr"] for rule in rules for peer in rule["to"] if "ipBlock" in peer]


@pytest.fixture
def setting() -> Setting:
    return Setting()


def test_a_policy_is_applied_once_however_many_pods_there_are(setting: Setting) -> None:
    async def main() -> None:
        for _ in range(3):
            await setting.keeper.ensure("team", make_class())

    run_virtually(main)
    assert setting.policies.calls == ["apply"]
    assert setting.policies.there.keys() == {POLICY}


def test_each_namespace_and_each_class_has_its_own(setting: Setting) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        await setting.keeper.ensure("other", make_class())
        await setting.keeper.ensure("team", make_class(name="open"))

    run_virtually(main)
    assert setting.policies.there.keys() == {POLICY, ("other", "kubeshot-default"), ("team", "kubeshot-open")}


def test_a_class_that_keeps_its_own_has_none_of_ours(setting: Setting) -> None:
    run_virtually(lambda: setting.keeper.ensure("team", make_class(egress={"networkPolicy": "Unmanaged"})))
    assert setting.policies.calls == []


def test_a_class_that_has_changed_is_followed_at_once(setting: Setting) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        changed = make_class(egress={"allowPrivate": {"cidrs": ["10.1.0.0/16"]}})
        await setting.keeper.ensure("team", replace(changed, generation=2))

    run_virtually(main)
    assert "10.1.0.0/16" in setting.blocks()


def test_a_bucket_that_moved_is_followed_within_a_minute(setting: Setting) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        setting.names["minio.storage"] = ["10.96.0.8"]
        await setting.keeper.ensure("team", make_class())
        await asyncio.sleep(61)
        await setting.keeper.ensure("team", make_class())

    run_virtually(main)
    assert setting.asked == ["minio.storage"] * 2
    assert ("10.96.0.8/32" in setting.blocks(), "10.96.0.7/32" in setting.blocks()) == (True, False)


def test_a_name_that_cannot_be_resolved_for_now_keeps_its_addresses(setting: Setting) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        setting.names.clear()
        await asyncio.sleep(61)
        await setting.keeper.ensure("team", make_class())

    run_virtually(main)
    assert "10.96.0.7/32" in setting.blocks()
    assert setting.policies.calls == ["apply"]


@pytest.mark.parametrize("error", [UnavailableError("down"), RefusedError(403, "forbidden")])
def test_what_cannot_be_applied_is_raised_and_tried_again(setting: Setting, error: Exception) -> None:
    def fail(_: str) -> None:
        raise error

    async def main() -> None:
        setting.policies.interfere = fail
        with pytest.raises(type(error)):
            await setting.keeper.ensure("team", make_class())
        setting.policies.interfere = lambda _: None
        await setting.keeper.ensure("team", make_class())

    run_virtually(main)
    assert setting.policies.there.keys() == {POLICY}


def test_a_sweep_puts_right_what_others_changed(setting: Setting) -> None:
    async def main() -> None:
        setting.needed[POOL] = make_class()
        await setting.keeper.ensure("team", make_class())
        before = setting.policies.there[POLICY]["spec"]["egress"]
        setting.policies.change(POLICY, egress=[{}])
        await setting.sweep()
        assert setting.policies.there[POLICY]["spec"]["egress"] == before
        del setting.policies.there[POLICY]
        await setting.sweep()
        assert setting.policies.there[POLICY]["spec"]["egress"] == before

    run_virtually(main)


def test_a_sweep_of_what_is_as_it_should_be_writes_nothing(setting: Setting) -> None:
    async def main() -> None:
        setting.needed[POOL] = make_class()
        await setting.keeper.ensure("team", make_class())
        await setting.sweep()

    run_virtually(main)
    assert setting.policies.calls == ["apply", "list"]


@pytest.mark.parametrize("knows", [True, False], ids=["the same keeper", "one that was started anew"])
def test_a_sweep_deletes_what_nobody_needs(setting: Setting, knows: bool) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        if not knows:
            setting.keeper = setting.fresh()
        await setting.sweep()

    run_virtually(main)
    assert setting.policies.there == {}


def test_a_policy_of_a_class_that_is_unmanaged_now_is_deleted(setting: Setting) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        setting.needed[POOL] = make_class(egress={"networkPolicy": "Unmanaged"})
        await setting.sweep()

    run_virtually(main)
    assert setting.policies.there == {}


def test_a_pod_that_comes_while_its_policy_is_being_deleted_has_one_all_the_same(setting: Setting) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        for delay in range(6):
            sweep = asyncio.create_task(setting.sweep())
            for _ in range(delay):
                await asyncio.sleep(0)
            await setting.keeper.ensure("team", make_class())
            setting.needed[POOL] = make_class()
            await sweep
            assert setting.policies.there.keys() == {POLICY}, f"after {delay} steps"
            setting.needed.clear()

    run_virtually(main)


def test_what_others_wrote_under_our_label_is_let_be(setting: Setting) -> None:
    async def main() -> None:
        await setting.keeper.ensure("team", make_class())
        del setting.policies.there[POLICY]["metadata"]["annotations"]
        await setting.sweep()

    run_virtually(main)
    assert setting.policies.there.keys() == {POLICY}


def cache_with(**objects: Any) -> Cache:
    cache = Cache()
    cache.classes.put(make_class())
    for name, it in objects.items():
        (cache.put_request if name == "request" else cache.put_pod)(it)
    return cache


@pytest.mark.parametrize(
    "objects",
    [
        pytest.param({"request": make_request()}, id="a request that waits"),
        pytest.param({"pod": make_pod(share=Share("default", KEY.namespace, ""))}, id="a pod whose request is gone"),
        pytest.param({"pod": make_warm()}, id="a warm pod"),
    ],
)
def test_a_class_is_in_use_where_requests_or_pods_are(objects: dict[str, Any]) -> None:
    assert pools_in_use(cache_with(**objects)) == {Pool(KEY.namespace, "default"): make_class()}


def test_a_class_that_nobody_uses_or_that_is_gone_is_not_in_use() -> None:
    cache = cache_with()
    assert pools_in_use(cache) == {}
    cache.put_request(make_request())
    cache.classes.drop("default")
    assert pools_in_use(cache) == {}
