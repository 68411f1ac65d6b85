"""Scenes are played ahead of their turn, once each, and again for whoever asks again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from chaos.catalogue import NAMES, Company, Fault, fault_named
from chaos.ledger import Outcome
from chaos.play import Played, Theatre
from chaos.troupe import Title, Troupe

PROGRAMME = [Title(name, 1) for name in NAMES]


@dataclass
class EmptyTheatre:
    """Plays everything at once, and writes down what."""

    played: Counter[str] = field(default_factory=Counter)

    def play(self, fault: Fault, seed: int) -> Played:
        """Play a scene."""
        self.played[fault.name] += 1
        return Played(Outcome(fault.name, seed, 0))


@pytest.fixture
def theatre() -> EmptyTheatre:
    """Where nothing was played yet."""
    return EmptyTheatre()


@pytest.fixture
def troupe(theatre: EmptyTheatre) -> Iterator[Troupe]:
    """Who plays there."""
    made = Troupe(cast(Theatre, theatre), PROGRAMME)
    yield made
    made.close()


def test_each_scene_is_played_once_and_its_own_outcome_told(troupe: Troupe, theatre: EmptyTheatre) -> None:
    assert [troupe.played(title).outcome.fault for title in PROGRAMME] == list(NAMES)
    assert set(theatre.played.values()) == {1}


def test_who_asks_again_has_it_played_again(troupe: Troupe, theatre: EmptyTheatre) -> None:
    for _ in range(2):
        troupe.played(PROGRAMME[-1])
    assert theatre.played[PROGRAMME[-1].fault] == 2


def test_with_one_that_bears_others_all_of_those_begin(troupe: Troupe, theatre: EmptyTheatre) -> None:
    sociable = {name for name in NAMES if fault_named(name, 1).company is Company.OTHERS}
    troupe.played(Title(min(sociable), 1))
    troupe.close()
    assert sociable <= theatre.played.keys() < set(NAMES)
