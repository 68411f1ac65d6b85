"""The log: one JSON object per line on standard error."""

import json
import sys
from datetime import UTC, datetime


def write(event: str, **facts: object) -> None:
    """Write one line with the time, the event and its facts."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
    print(json.dumps(line, ensure_ascii=False, default=str), file=sys.stderr, flush=True)
