"""Where the files are that a capture brings along: the consent engine and the filter lists."""

from collections.abc import Mapping
from pathlib import Path

ASSETS_VARIABLE = "KUBESHOT_ASSETS"
CONSENT_FOLDER = "consent"
FILTER_LISTS_FOLDER = "filter-lists"


def assets_folder(environment: Mapping[str, str]) -> Path | None:
    """Return the folder that is named, or the newest that `make assets` made; `None` where there is none."""
    if named := environment.get(ASSETS_VARIABLE):
        return Path(named)
    cache = environment.get("XDG_CACHE_HOME") or str(Path(environment.get("HOME") or "/") / ".cache")
    made = (folder for folder in (Path(cache) / "kubeshot").glob("assets-*") if folder.suffix != ".part")
    return max(made, key=lambda folder: folder.stat().st_mtime, default=None)
