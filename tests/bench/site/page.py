"""What a page of the benchmark is made of, and the marks by which its picture shows that it is complete."""

from dataclasses import dataclass

Colour = tuple[int, int, int]

_STYLE = """<link rel="stylesheet" href="/style.css">"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page under a path. Its picture is complete when it shows every mark."""

    path: str
    html: str
    marks: tuple[Colour, ...]


def mark(number: int) -> Colour:
    """Return a colour that nothing else on any page has."""
    return 250 - number, 30 + 7 * number % 200, 60 + 13 * number % 180


def css(colour: Colour) -> str:
    """Return a colour as style sheets and scripts write it."""
    return f"rgb({', '.join(map(str, colour))})"


def document(title: str, body: str, head: str = "") -> str:
    """Return a whole document with the site's style sheet."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,">'
        f"{_STYLE}{head}<body><header><h1>{title}</h1></header><main>{body}</main></body></html>"
    )


def paragraphs(count: int) -> str:
    """Return some text."""
    return "".join(f"<p>{_SENTENCES[place % len(_SENTENCES)] * 3}</p>" for place in range(count))


_SENTENCES = (
    "A page is read from the top, and most of what it says is further down. ",
    "Whoever takes its picture has to wait until it is all there, and not a moment longer. ",
    "Text is laid out anew when its font arrives, and everything below it moves. ",
    "The quick brown fox jumps over the lazy dog while the five boxing wizards jump quickly. ",
)
