"""Who may be on the stage together."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest

from chaos.catalogue import Company
from chaos.stage import Stage

OTHERS, NONE_UNDER_WAY, NONE = Company.OTHERS, Company.NONE_UNDER_WAY, Company.NONE


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (OTHERS, OTHERS, True),
        (OTHERS, NONE_UNDER_WAY, False),
        (NONE_UNDER_WAY, OTHERS, False),
        (NONE_UNDER_WAY, NONE_UNDER_WAY, False),
    ],
)
def test_faults_strike_together_only_where_each_leaves_the_others_alone(
    first: Company, second: Company, together: bool
) -> None:
    assert is_let_in_beside(Stage(), "under_way", first, second) is together


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (OTHERS, NONE_UNDER_WAY, True),
        (NONE_UNDER_WAY, NONE_UNDER_WAY, True),
        (NONE, OTHERS, False),
        (OTHERS, NONE, False),
        (NONE, NONE, False),
    ],
)
def test_preparations_and_clean_up_are_beside_others_but_for_one_that_bears_nobody(
    first: Company, second: Company, together: bool
) -> None:
    assert is_let_in_beside(Stage(), "present", first, second) is together


def is_let_in_beside(stage: Stage, where: str, first: Company, second: Company) -> bool:
    """Say whether the second is let in before the first has left; it is in any case after that."""
    is_in = Event()

    def enter() -> None:
        with getattr(stage, where)(second):
            is_in.set()

    with ThreadPoolExecutor(1) as pool:
        with ExitStack() as inside:
            inside.enter_context(getattr(stage, where)(first))
            entering = pool.submit(enter)
            early = is_in.wait(0.2)
        entering.result(timeout=10)
    return early
