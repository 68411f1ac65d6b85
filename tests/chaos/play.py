"""Plays one scene from its first preparation to its last clean-up, and says what came of it."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from uuid import uuid4

from chaos.catalogue import Fault
from chaos.ground import Ground
from chaos.ledger import Outcome
from chaos.replica import Replica
from chaos.scene import Patience, Scene
from chaos.stage import Stage
from e2e.kubectl import KubectlError
from e2e.replicas import replicas_of
from e2e.space import Space


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scene; when it was not good, `report` tells what the cluster looked like."""

    outcome: Outcome
    report: str = ""


@dataclass
class Laps:
    """How long each part took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=monotonic)

    def lap(self, name: str) -> None:
        """End a part."""
        now = monotonic()
        self.seconds[name] = round(now - self._since, 1)
        self._since = now


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where scenes are played, and the operator that works in them."""

    ground: Ground
    replica: Replica
    stage: Stage = field(default_factory=Stage)

    def play(self, fault: Fault, seed: int, patience: Patience | None = None) -> Played:
        """Play a scene."""
        title = "".join(letter if letter.isalnum() else "-" for letter in fault.name.lower())[:26]
        # Played again it is another one.
        bucket = f"{title}-{seed}-{uuid4().hex[:4]}"
        with self.stage.present(fault.company), self.ground.stage(bucket) as classes:
            random, space = Random(f"{seed} {fault.name}"), Space(self.ground.kubectl)
            scene = Scene(self.ground, self.replica, bucket, classes, space, random, patience or Patience())
            try:
                return self._play(scene, fault, seed)
            finally:
                scene.close()

    def _play(self, scene: Scene, fault: Fault, seed: int) -> Played:
        laps = Laps()
        left = [
            *_complaints(lambda: self._strike(scene, fault, laps)),
            *_complaints(scene.until_no_pod),
            *_complaints(scene.until_tidy),
            *scene.space.contradictions(),
            *([] if scene.injected.total() else ["the fault was never there"]),
            *(["the cluster's own operator was started amid"] if replicas_of(self.ground.kubectl) else []),
        ]
        laps.lap("gone")
        lost, doubled = tuple(scene.lost()), tuple(scene.doubled(once=fault.once))
        outcome = Outcome(
            fault.name, seed, len(scene.pages), dict(scene.injected), lost, doubled, tuple(left), laps.seconds
        )
        return Played(outcome, "" if outcome.is_good else f"{scene.space.describe()}\n--- operator\n{scene.told()}")

    def _strike(self, scene: Scene, fault: Fault, laps: Laps) -> None:
        with self.stage.under_way(fault.company):
            laps.lap("waited")
            self.replica.until_it_leads()
            with contextmanager(fault.strike)(scene):
                scene.apply()
            laps.lap("fault")
            scene.finish()
            laps.lap("ended")


def _complaints(work: Callable[[], None]) -> list[str]:
    """Return what was waited for in vain."""
    try:
        work()
    except (AssertionError, KubectlError) as error:
        return [str(error)]
    return []
