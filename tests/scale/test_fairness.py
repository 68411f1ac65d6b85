"""Few may run and many wait: whose turn it is, by the order in which the API server got pods and ends of pods."""

import asyncio
from functools import partial

from e2e.pod_times import most_at_once
from kubeshot_operator.api.crd import HOST_ANNOTATION
from scale import load
from scale.conftest import FEW_PODS, Sizes
from scale.ground import STRICT, Ground
from scale.ledger import Ledger
from scale.operator_process import Operator
from scale.timeline import Timeline, changes, followed
from scale.turns import created, first_written, most_jumped, overtook

WITHIN = 900.0
LATE = ("team-1", "team-2", "team-3")
# Of half the namespaces each page has a host of its own, so that only the priority is between their requests.
NAMESPACES = [f"team-{number}" for number in range(6)]
HOSTS = 3
PRIORITIES = 3
# A slot that was filled while another one was being filled is filled for as long as a capture takes.
ELSEWHERE = FEW_PODS - 1


def test_one_request_beside_thousands_of_another_namespace_has_the_next_free_slot(
    ground: Ground, busy_operator: Operator, sizes: Sizes, ledger: Ledger
) -> None:
    timeline = asyncio.run(_apply_after_a_crowd(ground, sizes.crowd))
    pods, requests = changes(timeline.pods), changes(timeline.requests)
    queued = first_written(requests)
    applied = {change.body["metadata"]["name"]: change for change in requests if change.kind == "ADDED"}
    late = [_late(timeline.prefix, namespace) for namespace in LATE]
    overtaken = [overtook(pods, name, queued[name]) for name in late]
    ledger.note(
        crowd=sizes.crowd,
        slots=FEW_PODS,
        overtaken=max(overtaken),
        overtaken_since_applied=max(
            overtook(pods, name, int(applied[name].body["metadata"]["resourceVersion"])) for name in late
        ),
    )
    assert max(overtaken) <= ELSEWHERE


def test_priority_and_limits_hold_at_every_instant(
    ground: Ground, operator: Operator, sizes: Sizes, ledger: Ledger
) -> None:
    timeline = asyncio.run(_capture_strictly(ground, max(sizes.crowd // 5, 72)))
    pods, queued = changes(timeline.pods), first_written(changes(timeline.requests))
    most = {
        "concurrent": most_at_once(pods, lambda _: ""),
        "perNamespace": most_at_once(pods, lambda pod: str(pod["metadata"]["namespace"])),
        "perHost": most_at_once(pods, lambda pod: str(pod["metadata"]["annotations"][HOST_ANNOTATION])),
    }
    assert {name: max(counted.values()) for name, counted in most.items()} == STRICT, "reached, and not passed"
    jumped = max(
        most_jumped(
            [change for change in pods if change.body["metadata"]["namespace"] == namespace],
            queued,
            lambda name: _priority(_number(name)),
            STRICT["perNamespace"],
        )
        for namespace in NAMESPACES[: len(NAMESPACES) // 2]
    )
    ledger.note(strict=len(created(pods)), jumped=jumped)
    assert jumped < STRICT["perNamespace"]


async def _apply_after_a_crowd(ground: Ground, count: int) -> Timeline:
    """Apply so many requests of one namespace, then one of each of some others, and wait for these only."""
    async with ground.connected() as client:
        first, *_ = await load.make_namespaces(client, len(NAMESPACES))
        async with followed(client, load.fresh("crowd")) as timeline:
            crowd = load.spread(count, [first], timeline.prefix, _uneven)
            await load.create(client, crowd)
            for namespace in LATE:
                name = _late(timeline.prefix, namespace)
                await load.create(client, [load.request(namespace, name)])
                await timeline.until(partial(timeline.has_started, name), f"until {name} runs", WITHIN)
            # The others would only take their time.
            await load.delete(client, crowd)
            await timeline.until(lambda: not timeline.live_pods, "until no pod is left", WITHIN)
        return timeline


async def _capture_strictly(ground: Ground, count: int) -> Timeline:
    async with ground.connected() as client:
        await load.make_namespaces(client, len(NAMESPACES))
        async with followed(client, load.fresh("strict")) as timeline:
            await load.create(client, load.spread(count, NAMESPACES, timeline.prefix, _strict))
            await timeline.until_finished(count, WITHIN)
        assert await load.outcomes(client, timeline.prefix) == {("Succeeded", 1, 1): count}
        return timeline


def _late(prefix: str, namespace: str) -> str:
    return f"{prefix}-late-of-{namespace}"


def _uneven(number: int) -> load.Raw:
    # Captures that take different times do not end all at once.
    return {"wait": {"delay": f"{number % 7 * 90}ms"}}


def _strict(number: int) -> load.Raw:
    is_alone = number % len(NAMESPACES) < len(NAMESPACES) // 2
    host = f"own-{number}" if is_alone else f"shared-{number // len(NAMESPACES) % HOSTS}"
    return {"url": f"http://{host}.example/", "captureClassName": "strict", "priority": _priority(number)}


def _priority(number: int) -> int:
    return number // len(NAMESPACES) % PRIORITIES


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])
