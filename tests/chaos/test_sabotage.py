"""The suite goes red when the operator is broken: else its green would say nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chaos.catalogue import Company, Fault
from chaos.faults.storage import AT_UPLOAD
from chaos.inside.sabotage import captured_twice, given_up, images_stay, pods_stay, unverified
from chaos.play import Theatre
from chaos.rules import Down
from chaos.scene import Patience, Scene, Strike

# What is broken does not mend by waiting.
_PATIENCE = Patience(end=45.0, tidy=12.0)


def calm(scene: Scene) -> Iterator[None]:
    """Nothing strikes."""
    scene.count()
    yield


def outage(scene: Scene) -> Iterator[None]:
    """What the operator asks of the API server about these requests breaks off, for as long as a first pass takes."""
    down = Down(scene.owns)
    with scene.ground.api.rule(down):
        yield
        scene.until(lambda: down.hits >= len(scene.pages), "each request had a pass")
        scene.let_pass(2.0)
    scene.count(times=down.hits)


@dataclass(frozen=True, slots=True)
class Sabotage:
    """Ways to break the operator, a fault under which it shows, and what is to be said of each."""

    ways: tuple[str, ...]
    told: tuple[str, ...]
    strike: Strike = calm

    @property
    def name(self) -> str:
        """The name of the scene."""
        return f"sabotage {' '.join(self.ways)}"


_TWICE, _PODS, _IMAGES = "2 times in 1 attempts", "no pod is left", "named by no status"
_LONG = (
    Sabotage((pods_stay.__name__,), (_PODS,)),
    Sabotage((images_stay.__name__,), (_IMAGES,)),
    Sabotage((captured_twice.__name__,), (_TWICE,)),
    Sabotage((unverified.__name__,), ("names what is not stored",), AT_UPLOAD),
    Sabotage((given_up.__name__,), ("have ended",), outage),
)
_SHORT = (Sabotage((pods_stay.__name__, images_stay.__name__, captured_twice.__name__), (_PODS, _IMAGES, _TWICE)),)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Break one thing at a time, or in the short form several."""
    chosen = _LONG if metafunc.config.getoption("--all-faults") else _SHORT
    metafunc.parametrize("sabotage", chosen, ids=[one.name for one in chosen])


def test_a_broken_operator_is_seen(theatre: Theatre, sabotage: Sabotage) -> None:
    with theatre.replica.sabotaged(*sabotage.ways):
        played = theatre.play(Fault(sabotage.name, sabotage.strike, company=Company.NONE), 0, _PATIENCE)
    said = "\n".join((*played.outcome.lost, *played.outcome.doubled, *played.outcome.left))
    print(said, played.report, sep="\n")
    assert [told for told in sabotage.told if told not in said] == []
