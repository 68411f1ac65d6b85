"""The operator with a time of day that can be stepped: a file says by how many seconds it is ahead."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kubeshot_operator import __main__ as operator

AHEAD = Path(os.environ["CHAOS_CLOCK"])


def now() -> datetime:
    """Return the time of day as this operator sees it."""
    return datetime.now(UTC) + timedelta(seconds=float(AHEAD.read_text() or 0))


if __name__ == "__main__":
    operator._now = now
    sys.exit(operator.main())
