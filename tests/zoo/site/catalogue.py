"""All exhibits, and the page that lists them."""

from html import escape

from zoo.site.exhibit import Exhibit
from zoo.site.pages import content, doors, idle, manners, options, size, text, told

EXHIBITS: tuple[Exhibit, ...] = (
    *idle.EXHIBITS,
    *size.EXHIBITS,
    *content.EXHIBITS,
    *text.EXHIBITS,
    *doors.EXHIBITS,
    *manners.EXHIBITS,
    *options.EXHIBITS,
    *told.EXHIBITS,
)

_STYLE = "body{font:16px sans-serif;margin:2em}td,th{padding:.3em 1em .3em 0;text-align:left;vertical-align:top}"


def pages() -> list[Exhibit]:
    """Return the exhibits that are pages, by path."""
    return sorted((exhibit for exhibit in EXHIBITS if exhibit.shows), key=lambda exhibit: exhibit.path)


def index() -> str:
    """Return the page that lists every page."""
    rows = "".join(
        f'<tr><td><a href="{escape(exhibit.path)}">{escape(exhibit.path)}</a>'
        f"<td>{escape(exhibit.shows)}<td>{escape(exhibit.good)}"
        for exhibit in pages()
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>The zoo</title><style>{_STYLE}</style>'
        f"<h1>The zoo</h1><table><tr><th>Page<th>What it shows<th>What a good capture is{rows}</table></html>"
    )
