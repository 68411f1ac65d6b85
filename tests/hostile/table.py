"""What hostile pages tried and what came of it, as docs/hostile.md.

python -m hostile.table out/hostile.json
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from e2e.kubectl import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "hostile.md"
GUARD = "guard"
# What never gets as far as the guard, since the browser itself does not do it.
BY_CHROMIUM = {
    "STUN server": "Chromium, told to use no UDP past its proxy",
    "TURN server": "Chromium, told to use no UDP past its proxy",
    "WebTransport": "Chromium, without QUIC",
    "service worker": "Chromium, on pages without TLS",
}
_HEAD = """# What hostile pages tried

Made by `make hostile-docs` from its last run; do not edit. Pages are captured in real pods whose network namespace
holds the forbidden addresses, each with a server that gives a secret to everybody, and has no way out of the machine.
*Packets* are those that went to any of these addresses, or anywhere but into the cluster; *secrets* what pages brought
home.
"""
_TABLE = """| what | tried, isolated | tried, warm | packets | secrets | refused by |
|---|---:|---:|---:|---:|---|"""


@dataclass(frozen=True, slots=True)
class Row:
    """So many tries of one kind, in pods of one kind, and what they reached."""

    pods: str
    what: str
    tried: int
    packets: int
    secrets: int
    layer: str


def written(rows: Iterable[Row]) -> str:
    """Return rows as JSON."""
    return json.dumps([asdict(row) for row in rows], indent=1)


def document(rows: Iterable[Row]) -> str:
    """Return the page."""
    by_what: dict[str, list[Row]] = {}
    for row in rows:
        by_what.setdefault(row.what, []).append(row)
    lines = [_HEAD, _TABLE]
    for what, found in by_what.items():
        tried = {pods: sum(row.tried for row in found if row.pods == pods) for pods in ("isolated", "warm")}
        packets, secrets = sum(row.packets for row in found), sum(row.secrets for row in found)
        lines.append(f"| {what} | {tried['isolated']} | {tried['warm']} | {packets} | {secrets} | {found[0].layer} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    DOCUMENT.write_text(document(Row(**row) for row in json.loads(Path(sys.argv[1]).read_text())))
    print(f"written: {DOCUMENT.relative_to(REPOSITORY)}")
