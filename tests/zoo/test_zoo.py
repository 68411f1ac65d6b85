"""Each page of the zoo is captured as its case says."""

from dataclasses import replace

import pytest

from zoo import golden_pictures
from zoo.case import Case
from zoo.catalogue import CASES
from zoo.developed import Developed
from zoo.runners.port import SECOND, Runner

# Below this a value could be found by chance.
LEAST_SECRET = 8


@pytest.fixture
def name(request: pytest.FixtureRequest, case: Case, runner: Runner) -> str:
    """Return the name that a case was begun by; one that failed among all the others is captured once more, alone."""
    execution = getattr(request.node, "execution_count", 1)
    if execution == 1:
        return case.name
    alone = replace(case, name=f"{case.name}-alone-{execution}")
    runner.start([alone])
    return alone.name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_is_captured_as_its_case_says(case: Case, name: str, runner: Runner, update_golden: bool) -> None:
    shot = runner.developed(name)
    case.check(shot)
    assert shot.contradictions() == []
    assert [value for value in _secrets(case) if value in shot.told] == []
    if case.twice:
        assert _digests(shot) == _digests(runner.developed(name + SECOND))
    if case.golden and update_golden:
        golden_pictures.store(case.name, shot.picture())
    elif case.golden:
        assert not (problem := golden_pictures.complaint(case.name, shot.picture())), problem


def _secrets(case: Case) -> list[str]:
    values = [value for kept in case.secrets.values() for value in kept.values()]
    return [value for value in values if len(value) >= LEAST_SECRET]


def _digests(shot: Developed) -> dict[str, str]:
    return {name: stored.sha256 for name, stored in shot.outputs.items()}
