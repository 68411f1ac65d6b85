"""Whatever strikes: every request ends right, in one run, nothing is done twice, and nothing is left behind."""

import pytest

from chaos.ledger import Ledger
from chaos.troupe import Title, Troupe


def test_every_request_ends_right(
    troupe: Troupe, fault_name: str, seed: int, ledger: Ledger | None, request: pytest.FixtureRequest
) -> None:
    played = troupe.played(Title(fault_name, seed))
    outcome = played.outcome
    request.node.user_properties.append(("laps", outcome.laps))
    if ledger is not None:
        ledger.note(outcome)
    print(played.report, outcome.laps, sep="\n")
    assert (outcome.lost, outcome.doubled, outcome.left) == ((), (), ())
