"""Lists of advertisements and trackers, as browsers' ad blockers use them, read by Brave's engine."""

from pathlib import Path

# From what Playwright calls a request to what lists call it; names that are not here are the same, or unknown to lists.
_KINDS = {
    "document": "subdocument",
    "xhr": "xmlhttprequest",
    "fetch": "xmlhttprequest",
    "eventsource": "xmlhttprequest",
}


class FilterLists:
    """All lists of a folder as one. Reading them takes a second and 60 MB; a question takes 30 microseconds."""

    def __init__(self, folder: Path) -> None:
        """Read the lists. Blocks."""
        # Only who blocks advertisements pays for the engine.
        from braveblock import Adblocker  # type: ignore[import-untyped]

        lists = sorted(folder.glob("*.txt"))
        rules = [rule for file in lists for rule in file.read_text(encoding="utf-8").splitlines()]
        self._engine = Adblocker(rules=rules, include_easylist=False, include_easyprivacy=False)

    def has(self, url: str, document: str, kind: str) -> bool:
        """Say whether a request by this document is on a list; `kind` is Playwright's resource type."""
        found: bool = self._engine.check_network_urls(url, document, _KINDS.get(kind, kind))
        return found
