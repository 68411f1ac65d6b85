"""Captures pages that nobody here wrote, and fails when one of them can't be trusted: `make realpages`."""

import os
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from realpages.captures import Looked, Target, look
from realpages.packages import fetch, pages_of
from realpages.sheet import write_sheets
from realpages.site import address, served

AT_ONCE = 2
LEAST_PAGES = 200
OUT = Path("out/realpages")


def main() -> int:
    """Capture all pages, write the contact sheet, print what came of it; 1 when a page failed."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubeshot" / "realpages"
    roots = fetch(cache)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with served(cache / "site") as base, ThreadPoolExecutor(AT_ONCE) as several:
        targets = list(_targets(roots, base, set(sys.argv[1:])))
        looked = [_told(page) for page in several.map(look, targets)]
    sheets = write_sheets(looked, OUT)
    print(f"\n{_table(looked)}\n\n{_remarks(looked)}\n{len(sheets)} contact sheets: {OUT}/sheet-*.png")
    failed = [page for page in looked if page.complaint]
    too_few = not sys.argv[1:] and len(looked) < LEAST_PAGES
    if too_few:
        print(f"only {len(looked)} pages were found, and {LEAST_PAGES} are wanted")
    return int(bool(failed) or too_few)


def _targets(roots: dict[str, Path], base: str, only: set[str]) -> Iterator[Target]:
    for package, root in roots.items():
        if only and package not in only:
            continue
        for number, page in enumerate(pages_of(root)):
            yield Target(package, page.name, address(base, page), OUT / "pages" / f"{package}-{number}")


def _told(page: Looked) -> Looked:
    state = page.complaint or (f"cut short: {', '.join(page.late)}" if page.late else "settled")
    print(f"{page.package:<24} {page.name:<44.44} {page.milliseconds:>6} ms {page.height:>7} px  {state}", flush=True)
    return page


def _table(looked: Sequence[Looked]) -> str:
    head = "| package | pages | captured | settled | median ms | highest, px |\n|---|---:|---:|---:|---:|---:|"
    groups = [(name, list(pages)) for name, pages in groupby(looked, key=lambda page: page.package)]
    return "\n".join([head, *(_row(*group) for group in groups), _row("**all**", looked)])


def _row(name: str, pages: Sequence[Looked]) -> str:
    captured = [page for page in pages if not page.complaint]
    median = statistics.median([page.milliseconds for page in captured] or [0])
    settled = sum(not page.late for page in captured)
    highest = max((page.height for page in captured), default=0)
    return f"| {name} | {len(pages)} | {len(captured)} | {settled} | {median:.0f} | {highest} |"


def _remarks(looked: Sequence[Looked]) -> str:
    remarks = [(page, page.complaint) for page in looked if page.complaint]
    remarks += [(page, f"cut short: {', '.join(page.late)}") for page in looked if page.late and not page.complaint]
    remarks += [(page, "the full page begins unlike the window") for page in looked if not page.starts_alike]
    remarks += [(page, note) for page in looked for note in page.notes]
    return "".join(f"- {page.package}, {page.name} ({page.folder}): {remark}\n" for page, remark in remarks)


if __name__ == "__main__":
    sys.exit(main())
