"""What requests that are over cost the operator: `PYTHONPATH=tests:operator:capture-image:cli python -m bench.shelf`.

They are read as at the operator's start, page by page from JSON, without an API server; the memory is the process's.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.parse_status import render_status
from kubeshot_operator.decide.status import verdict_of
from kubeshot_operator.runtime.intake import shelve_page
from kubeshot_operator.runtime.shelf import Shelf
from unit.operator.builders import NOW, make_result, make_status, raw_request

PAGE = 500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the shelf.")
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    shelf = Shelf()
    seconds = 0.0
    sizes = [(0, _resident())]
    for start in range(0, count, PAGE):
        text = json.dumps([_finished(start + number) for number in range(PAGE)])
        begun = time.process_time()
        assert shelve_page(json.loads(text), shelf) == []
        seconds += time.process_time() - begun
        if (start + PAGE) % (count // 5) == 0:
            sizes.append((len(shelf), _resident()))
    first, last = sizes[1], sizes[-1]
    for shelved, size in sizes:
        print(f"{shelved:7} shelved: {size / 2**20:.1f} MiB")
    print(f"{(last[1] - first[1]) / (last[0] - first[0]):.0f} bytes each, {seconds:.1f} s of CPU to read them")


def _finished(number: int) -> dict[str, Any]:
    status = make_status(Phase.SUCCEEDED, completion_time=NOW, verdict=verdict_of(make_result()))
    return raw_request(
        status=render_status(status), name=f"old-{number}", uid=str(uuid4()), resourceVersion=str(number + 1)
    )


def _resident() -> int:
    fields = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) * 1024


if __name__ == "__main__":
    main()
