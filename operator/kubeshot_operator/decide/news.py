"""What of a wait is worth a write of the status: that it is of another kind, not that a number in it has changed."""

import re
from dataclasses import replace

from kubeshot_operator.api.crd import ConditionType
from kubeshot_operator.api.model import Status

# 5, 1.5, 250m, 2Gi, 0/12: in what schedulers and quotas say, these change all the time.
_NUMBER = re.compile(r"\d[\d./]*\w*")


def is_news(before: Status, after: Status, *, by_reason: bool = False) -> bool:
    """Say whether a status tells anything that the one before did not.

    `by_reason` is for waits that say the same in turns of words: a new message of the same reason is no news then.
    """
    if replace(before, conditions=()) != replace(after, conditions=()):
        return True
    told, tells = before.condition(ConditionType.READY), after.condition(ConditionType.READY)
    if told is None or tells is None or told.reason != tells.reason:
        return True
    return not by_reason and _words(told.message) != _words(tells.message)


def _words(message: str) -> str:
    return _NUMBER.sub("#", message)
