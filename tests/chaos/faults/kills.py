"""The operator is killed, and not by luck: at each call that a pass makes or answers, on either side of it.

Between two calls a pass changes nothing but its own memory, which dies with it: these are all the points there are.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from chaos.call import System
from chaos.rules import Moment, Trap
from chaos.scene import Scene, Strike
from chaos.wire import Wire


@dataclass(frozen=True, slots=True)
class Point:
    """A moment in the life of an operator."""

    system: System
    call: str
    moment: Moment

    def __str__(self) -> str:
        return f"{self.moment} {self.call}"


_CALLS = {
    System.API: (
        "create pods",
        "patch screenshotrequests/status",
        "patch screenshotrequests",
        "delete pods",
        "create events",
        "get secrets",
        "create leases",
        "update leases",
        "list screenshotrequests",
        "list pods",
        "list captureclasses",
        "watch screenshotrequests",
        "watch pods",
    ),
    System.STORAGE: ("head bucket", "head object", "delete object"),
    System.DISPATCH: ("claim", "report"),
}
# Every other call the other way round, so that a seed has points of both sides.
POINTS = tuple(
    Point(system, call, moment)
    for number, (system, call) in enumerate((system, call) for system, calls in _CALLS.items() for call in calls)
    for moment in (tuple(Moment) if number % 2 else tuple(reversed(Moment)))
)
# All points are met in six seeds.
PER_SCENE = 6
# These come again and again, so that any of them may be the one.
_OFTEN = ("patch screenshotrequests/status", "create events", "head object", "claim", "report", "create pods")


def points_of(seed: int) -> tuple[Point, ...]:
    """Return the points of a seed: far apart from each other, and others in the next one."""
    step = len(POINTS) // PER_SCENE
    return tuple(POINTS[(seed + number * step) % len(POINTS)] for number in range(PER_SCENE))


def killed_at(points: Sequence[Point]) -> Strike:
    """Return a strike that kills the operator at each of these points, in the order in which it comes to them."""

    def strike(scene: Scene) -> Iterator[None]:
        scene.slow_pages = 3
        traps = {point: _trap(scene, point) for point in points}
        with ExitStack() as wires:
            for point, trap in traps.items():
                wires.enter_context(_wire(scene, point).rule(trap))
            # What comes once in a life comes at the beginning of the next one.
            scene.replica.kill()
            yield
            scene.until(lambda: all(trap.hits for trap in traps.values()), "the operator is killed", within=200)
            scene.until(lambda: False, "all have ended", within=200)
            scene.send_off()
        for point, trap in traps.items():
            scene.count(str(point), trap.hits)

    return strike


def _trap(scene: Scene, point: Point) -> Trap:
    skip = scene.random.randint(0, 2) if point.call in _OFTEN else 0
    return Trap(point.call, point.moment, skip, scene.replica.kill)


def _wire(scene: Scene, point: Point) -> Wire:
    ground = scene.ground
    return {System.API: ground.api, System.STORAGE: ground.storage, System.DISPATCH: ground.dispatch}[point.system]
