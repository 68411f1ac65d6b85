"""What came of a capture: as tables for people, as JSON in the words of the status for programs."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kubeshot_cli.folder import file_of
from kubeshot_contract.output import Output
from kubeshot_contract.result import CaptureResult, StoredImage

_DIGITS = 12


def as_json(name: str, result: CaptureResult, outputs: Sequence[Output], folder: Path) -> str:
    """Return one line of JSON. Its fields are those of the status, with a file instead of bucket and key."""
    failure, page = result.failure, result.page
    message: dict[str, Any] = {
        "name": name,
        "phase": "Failed" if failure else "Succeeded",
        "failure": failure and {"reason": failure.reason, "message": failure.message, "retryable": failure.retryable},
        "page": page and {"finalURL": page.final_url, "httpStatus": page.http_status, "title": page.title},
        "verdict": {
            "settled": result.settled,
            "stages": [
                {"name": item.stage, "outcome": item.outcome, "milliseconds": item.milliseconds}
                for item in result.stages
            ],
            "notes": list(result.notes),
        },
        "outputs": [
            {
                "name": stored.name,
                "file": str(file_of(folder, output)),
                "contentType": output.format.content_type,
                "bytes": stored.bytes,
                "sha256": stored.sha256,
                "width": stored.width,
                "height": stored.height,
                "perceptualHash": stored.perceptual_hash,
            }
            for output, stored in _stored(result, outputs)
        ],
    }
    return json.dumps(message, ensure_ascii=False)


def as_tables(name: str, result: CaptureResult, outputs: Sequence[Output], folder: Path) -> str:
    """Return what a person reads at the end."""
    stages = [(item.stage, item.outcome, f"{item.milliseconds}") for item in result.stages]
    files = [
        (stored.name, str(file_of(folder, output)), _size(stored.bytes), _pixels(stored), stored.sha256[:_DIGITS])
        for output, stored in _stored(result, outputs)
    ]
    parts = [
        _headline(name, result),
        _table(("STAGE", "OUTCOME", "MS"), stages),
        _table(("OUTPUT", "FILE", "SIZE", "PIXELS", "SHA256"), files) if files else "",
        "\n".join(f"note: {note}" for note in result.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def _headline(name: str, result: CaptureResult) -> str:
    if result.failure:
        first = f"{name}: {result.failure.reason}: {result.failure.message}"
    else:
        first = f"{name}: captured, {'settled' if result.settled else 'but not settled in time'}"
    page = result.page
    if page is None:
        return first
    status = f", HTTP {page.http_status}" if page.http_status else ""
    title = f", “{page.title}”" if page.title else ""
    return f"{first}\n{page.final_url}{status}{title}"


def _stored(result: CaptureResult, outputs: Sequence[Output]) -> Iterable[tuple[Output, StoredImage]]:
    by_name = {output.name: output for output in outputs}
    return [(by_name[stored.name], stored) for stored in result.outputs]


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def _pixels(stored: StoredImage) -> str:
    return "-" if stored.width is None else f"{stored.width} x {stored.height}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
