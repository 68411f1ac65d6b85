"""The operator with a time of day that can be stepped: a file says by how many seconds it is ahead.

It may be broken as well, in some of the ways of `sabotage.py`, beside it.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chaos.inside.sabotage import WAYS
from kubeshot_operator import __main__ as operator

AHEAD = Path(os.environ["CHAOS_CLOCK"])


def now() -> datetime:
    """Return the time of day as this operator sees it."""
    return datetime.now(UTC) + timedelta(seconds=float(AHEAD.read_text() or 0))


if __name__ == "__main__":
    operator._today = now
    for way in os.environ["CHAOS_SABOTAGE"].split():
        WAYS[way]()
    sys.exit(operator.main())
