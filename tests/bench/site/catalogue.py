"""The pages of the benchmark: one of 60 cards with lazy images, and a mixed set of 20."""

from collections.abc import Callable

from bench.site import lively, still
from bench.site.page import Page, mark

FIRST_MIXED = still.CARDS

_STILL: tuple[Callable[[int], str], ...] = (
    *(still.article, still.table, still.photographs, still.gallery, still.long, still.grid, still.drawing),
    *(still.framed, still.background, still.form, still.scripts, still.sticky, still.columns),
)
_LIVELY: tuple[Callable[[int], str], ...] = (
    *(lively.fonts, lively.animation, lively.listing, lively.chart, lively.canvas, lively.application),
    lively.revealed,
)


def _page(make: Callable[[int], str], number: int) -> Page:
    return Page(f"/{make.__name__}", make(number), (mark(number),))


CARDS = (Page("/cards", still.cards(0), tuple(mark(number) for number in range(still.CARDS))),)
MIXED = tuple(_page(make, FIRST_MIXED + place) for place, make in enumerate((*_STILL, *_LIVELY)))
# These need more than the load event.
LATE = (CARDS[0].path, "/gallery", *(f"/{make.__name__}" for make in _LIVELY))
