"""What the zoo is made of: a page or a resource under a path, and what it answers to a visit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a browser finds the zoo: base addresses without a slash at the end."""

    main: str
    """Over http."""
    other: str
    """The same pages under another origin."""
    tls: str
    """The same pages over https, with a certificate that nobody signed."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request: its path without the query, its headers by lower-case name, and how often the path was asked for."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    places: Places
    count: int

    def number(self, name: str, absent: int) -> int:
        """Return a number of the query."""
        return int(self.query.get(name, absent))


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response. `wait` is in seconds."""

    body: bytes = b""
    content_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Stream:
    """A response that comes in pieces; before each one there is a pause of so many seconds. It may have no end."""

    content_type: str
    pieces: Iterator[bytes]
    pause: float


@dataclass(frozen=True, slots=True)
class Socket:
    """A WebSocket that says something every so many seconds, and listens to nothing."""

    word: str
    pause: float


@dataclass(frozen=True, slots=True)
class Silence:
    """A request is taken and never answered."""


Reply = Answer | Stream | Socket | Silence


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A page: what it shows, and what a good capture of it is. A resource of pages says neither."""

    path: str
    answer: Callable[[Visit], Reply] = field(repr=False)
    shows: str = ""
    good: str = ""


# The lamp is the upper left square: red, and green as soon as what the page is for has happened. The code right of it
# holds a text as squares of 4 x 4 pixels, 4 bytes a row, the lowest bit first, black for 1, and a zero byte at its end.
_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" href="data:,">
<style>html {{ background: #fff }} body {{ margin: 0; font: 16px/20px sans-serif }}
#lamp {{ width: 100px; height: 100px; background: #c00000 }} #lamp.on {{ background: #00a000 }}
#lamp.blue {{ background: #0000c0 }}
#told {{ position: fixed; left: 110px; top: 0 }}</style>
<script>const on = (name = 'on') => document.getElementById('lamp').classList.add(name);
const tell = value => {{
  const canvas = document.getElementById('told') ?? document.body.appendChild(document.createElement('canvas'));
  if (canvas.title === value) return;
  Object.assign(canvas, {{id: 'told', title: value, width: 128, height: 200}});
  const context = canvas.getContext('2d');
  new TextEncoder().encode(value).forEach((byte, place) => {{
    for (let bit = 0; bit < 8; bit++) {{
      if (byte >> bit & 1) context.fillRect((place % 4 * 8 + bit) * 4, (place >> 2) * 4, 4, 4);
    }}
  }});
}};</script>
{head}<body><div id="lamp"></div>{body}</body></html>
"""


def framed(title: str, body: str, head: str = "") -> str:
    """Return a document with a lamp, and the functions `on()` and `tell(text)`."""
    return _FRAME.format(title=title, head=head, body=body)


def page(path: str, shows: str, good: str, body: str, head: str = "") -> Exhibit:
    """Return a page that is always the same; `@main`, `@other` and `@tls` in it become addresses."""
    document = framed(path.strip("/"), body, head)

    def answer(visit: Visit) -> Answer:
        return Answer(addressed(document, visit.places).encode())

    return Exhibit(path, answer, shows, good)


def addressed(text: str, places: Places) -> str:
    """Return the text with `@main`, `@other` and `@tls` as addresses."""
    return text.replace("@main", places.main).replace("@other", places.other).replace("@tls", places.tls)
