"""What counts as ill, and what the two paths answer."""

from datetime import timedelta

import pytest

from kubeshot_operator.runtime.health import Vitals, health_app, problems

FIVE_MINUTES = timedelta(minutes=5)
WELL = Vitals(list_age=10.0, queue_age=0.0, watching=True)


@pytest.mark.parametrize(
    ("vitals", "told"),
    [
        (WELL, []),
        (Vitals(None, 0.0, False), []),
        (Vitals(900.0, 120.0, True), []),
        (Vitals(901.0, 0.0, True), ["the last LIST is 901s old"]),
        (Vitals(1.0, 121.0, True), ["the first request in the queue has waited 121s for a worker"]),
    ],
    ids=["well", "just begun", "at the limits", "lists fail", "workers hang"],
)
def test_problems(vitals: Vitals, told: list[str]) -> None:
    assert problems(vitals, FIVE_MINUTES) == told


def test_both_paths_are_served() -> None:
    app = health_app(lambda: WELL, FIVE_MINUTES)
    paths = {resource.canonical for resource in app.router.resources()}
    assert paths == {"/healthz", "/readyz"}
