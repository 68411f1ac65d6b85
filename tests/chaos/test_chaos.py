"""Whatever strikes: every request ends right, in one run, nothing is done twice, and nothing is left behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from chaos.catalogue import Fault, fault_named
from chaos.ground import Ground
from chaos.ledger import Outcome, note
from chaos.replica import Replica
from chaos.scene import Scene


@pytest.fixture
def fault(fault_name: str, seed: int) -> Fault:
    """The fault of this scene."""
    return fault_named(fault_name, seed)


@pytest.fixture
def scene(common_ground: Ground, replica: Replica, fault: Fault, seed: int) -> Iterator[Scene]:
    """The stage, with nothing on it yet."""
    bucket = f"{''.join(letter if letter.isalnum() else '-' for letter in fault.name.lower())[:30]}-{seed}"
    replica.until_it_leads()
    with common_ground.stage(bucket) as classes:
        made = Scene(common_ground, replica, bucket, classes, Random(f"{seed} {fault.name}"))
        try:
            yield made
        finally:
            made.close()


def test_every_request_ends_right(scene: Scene, fault: Fault, seed: int, ledger: Path | None) -> None:
    with contextmanager(fault.strike)(scene):
        scene.apply()
    try:
        scene.finish()
    finally:
        outcome = Outcome(
            fault.name,
            seed,
            len(scene.pages),
            dict(scene.injected),
            tuple(scene.lost()),
            tuple(scene.doubled(once=fault.once)),
        )
        if ledger is not None:
            note(outcome, ledger)
    assert (outcome.lost, outcome.doubled) == ((), ())
    scene.until_tidy()
    assert scene.space.contradictions() == []
    assert sum(scene.injected.values()), "the fault was never there"
