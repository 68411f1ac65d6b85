"""Bars as SVG, readable on light and on dark."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from bench.figures import Comparison, Figures, Way
from bench.report import TITLES, compared

WIDTH, MARGIN = 760, 16
_LABEL, _BAR, _GAP, _HEAD = 150, 26, 8, 40
_COLOURS = {Way.NAIVE: "#8a94a6", Way.ISOLATED: "#d08a3c", Way.WARM: "#2f9e77"}
# A grey that stands out from white and from black alike.
_INK = "#7d8590"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its whole length, and the part of it that is pale."""

    label: str
    told: str
    value: float
    pale: float
    colour: str


def chart(comparison: Comparison) -> str:
    """Return captures per minute of each way; what is pale lacks something."""
    groups = [(TITLES[pages], [_bar(run) for run in compared(comparison, pages)]) for pages in comparison.sets()]
    longest = max(bar.value for _, bars in groups for bar in bars)
    parts, top = [], MARGIN
    for title, bars in groups:
        parts.append(_text(MARGIN, top + 16, title, "bold"))
        top += _HEAD
        for bar in bars:
            parts += _drawn(bar, top, (WIDTH - _LABEL - 2 * MARGIN - 190) / longest)
            top += _BAR + _GAP
        top += MARGIN
    parts.append(_text(MARGIN, top + 8, "Captures per minute; pale: pictures from which something is missing."))
    inside = "\n".join(("<title>Captures per minute</title>", *parts))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top + 2 * MARGIN}" role="img" '
        f'font-family="sans-serif" font-size="14" fill="{_INK}">\n{inside}\n</svg>\n'
    )


def _bar(run: Figures) -> Bar:
    pale = run.per_minute * (run.count - run.complete) / run.count
    told = f"{run.per_minute:.0f}" + (f", {run.per_minute - pale:.0f} of them complete" if pale else "")
    return Bar(run.way, told, run.per_minute, pale, _COLOURS[run.way])


def _drawn(bar: Bar, top: float, scale: float) -> list[str]:
    left, whole = MARGIN + _LABEL, (bar.value - bar.pale) * scale
    middle = top + _BAR / 2 + 5
    return [
        _text(MARGIN, middle, bar.label),
        f'<rect x="{left}" y="{top}" width="{whole:.1f}" height="{_BAR}" fill="{bar.colour}"/>',
        f'<rect x="{left + whole:.1f}" y="{top}" width="{bar.pale * scale:.1f}" height="{_BAR}" fill="{bar.colour}" '
        'fill-opacity="0.35"/>',
        _text(left + bar.value * scale + 8, middle, bar.told),
    ]


def _text(left: float, baseline: float, text: str, weight: str = "normal") -> str:
    return f'<text x="{left:.1f}" y="{baseline:.1f}" font-weight="{weight}">{escape(text)}</text>'
