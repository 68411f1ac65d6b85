"""The API server cannot be relied on: watches break off or lag, writes fail or take long, tokens are good no more."""

from collections.abc import Iterator

from chaos.call import Call
from chaos.rules import Behind, Down, Refusing, Slow, TooOld
from chaos.scene import Scene
from e2e.eventually import eventually

_STORM = 20.0
_LEASE = "update leases"
_CONFLICTING = ("patch ", "update ", "delete ", "create pods")


def watches_cut(scene: Scene) -> Iterator[None]:
    """Break the watches off again and again, and refuse half of those that begin anew."""
    refusal = Refusing(_is_watch, 500, 0.5, scene.random)
    yield
    with scene.ground.api.rule(refusal):
        for _ in range(6):
            scene.count(times=scene.ground.api.cut_streams())
            scene.let_pass(scene.random.uniform(0.5, 2.0))
    scene.count(times=refusal.hits)


def history_lost(scene: Scene) -> Iterator[None]:
    """While no watch runs a pod and a request go; what the watches would go on from is then too old to be told."""
    doomed = [scene.apply_doomed(f"{kind}-doomed", kind) for kind in scene.classes]
    yield
    for shot in doomed:
        shot.until("Capturing", within=60)
    scene.until_under_way()
    too_old = TooOld()
    with scene.ground.api.rule(too_old):
        with scene.ground.api.rule(Down(_is_watch)):
            scene.ground.api.cut_streams()
            place = ("-n", scene.space.namespace, "--wait=false")
            scene.ground.kubectl.run("delete", "shot", *sorted(scene.doomed), *place)
            for victim in scene.running_pods()[:1]:
                scene.ground.kubectl.run("delete", "pod", victim, *place, "--grace-period=0", "--force")
        eventually(lambda: too_old.hits >= 2, within=60, what="the watches are told that they are too old")
    scene.count(times=too_old.hits)


def cache_behind(scene: Scene) -> Iterator[None]:
    """All that the watches tell comes five seconds late, from before the first request to after the last."""
    behind = Behind(5.0)
    with scene.ground.api.rule(behind):
        scene.ground.api.cut_streams()
        eventually(lambda: behind.hits >= 4, within=30, what="the watches run anew")
        yield
        scene.until(lambda: False, "all have ended", within=200)
    scene.ground.api.cut_streams()
    scene.count(times=behind.hits)


def conflicts(scene: Scene) -> Iterator[None]:
    """Half of the writes meet a conflict."""
    storm = Refusing(
        lambda call: call.name.startswith(_CONFLICTING) and (call.name == _LEASE or scene.owns(call)),
        409,
        0.5,
        scene.random,
    )
    with scene.ground.api.rule(storm):
        yield
        scene.let_pass(_STORM)
    scene.count(times=storm.hits)


def server_errors(scene: Scene) -> Iterator[None]:
    """A third of all calls is answered by an error, and half of these have done their work."""
    storm = Refusing(lambda _: True, 500, 0.35, scene.random, heard=0.5)
    with scene.ground.api.rule(storm):
        yield
        scene.let_pass(_STORM)
    scene.count(times=storm.hits)


def slow_patches(scene: Scene) -> Iterator[None]:
    """Each PATCH takes two seconds longer, before it is heard or before its answer is."""
    slow = Slow(lambda call: call.name.startswith("patch ") and scene.owns(call), 2.0, scene.random)
    with scene.ground.api.rule(slow):
        yield
        scene.until(lambda: False, "all have ended", within=200)
    scene.count(times=slow.hits)


def token_rotated(scene: Scene) -> Iterator[None]:
    """The operator's token is replaced, and the old one is good no more: at once, or a minute later."""
    ground, replica = scene.ground, scene.replica
    old = replica.token
    yield
    scene.until_under_way()
    ground.doorkeeper.good.add(replica.rotate_token())
    if scene.random.random() < 0.5:
        scene.let_pass(65.0)
    ground.doorkeeper.good.discard(old)
    scene.let_pass(5.0)
    scene.count()
    replica.until_it_leads()


def _is_watch(call: Call) -> bool:
    return call.is_watch
