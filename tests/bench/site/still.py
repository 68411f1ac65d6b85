"""Pages that are whole with their load event, as far as they do not load their images late on purpose."""

from bench.site.page import css, document, mark, paragraphs

CARDS = 60


def cards(first: int) -> str:
    """Return a shop's page: cards with lazy images, picture `first` and those after it."""
    return document("Cards", f'<div class="cards">{_cards(first, CARDS)}</div>')


def article(number: int) -> str:
    """Return a long text."""
    return document("Article", paragraphs(40) + block(number))


def table(number: int) -> str:
    """Return a table of 200 rows."""
    rows = "".join(
        f"<tr><td>{row}</td><td>Item {row}</td><td>{row * 37 % 911}</td><td>{row * 53 % 97} %</td></tr>"
        for row in range(200)
    )
    return document("Table", f"<table><tr><th>No.<th>Name<th>Amount<th>Share</tr>{rows}</table>{block(number)}")


def photographs(number: int) -> str:
    """Return a page of twelve images, the last of them marked."""
    images = "".join(_image(number - 11 + place) for place in range(12))
    return document("Photographs", f'<div class="cards">{images}</div>')


def gallery(number: int) -> str:
    """Return a page whose 24 images are lazy, the last of them marked."""
    return document("Gallery", f'<div class="cards">{_cards(number - 23, 24)}</div>')


def long(number: int) -> str:
    """Return a page of 10,000 pixels."""
    rows = "".join(f'<div class="row" style="background:hsl({row * 7 % 360} 60% 85%)">{row}</div>' for row in range(96))
    return document("Long", rows + block(number))


def grid(number: int) -> str:
    """Return a grid of 120 tiles with shadows and round corners."""
    tiles = "".join(f'<div class="tile"><b>{tile}</b> of the grid</div>' for tile in range(120))
    return document("Grid", f'<div class="grid">{tiles}</div>{block(number)}')


def drawing(number: int) -> str:
    """Return a page with an SVG in it."""
    circles = "".join(
        f'<circle cx="{40 + place % 24 * 48}" cy="{40 + place // 24 * 48}" r="{8 + place % 16}" '
        f'fill="hsl({place * 3 % 360} 70% 55%)"/>'
        for place in range(240)
    )
    marked = f'<rect x="0" y="540" width="60" height="40" fill="{css(mark(number))}"/>'
    return document("Drawing", f'<svg width="1200" height="600">{circles}{marked}</svg>')


def framed(number: int) -> str:
    """Return a page with two frames, the mark in the second."""
    frames = "".join(f'<iframe src="/frame/{each}" width="1180" height="400"></iframe>' for each in (0, number))
    return document("Frames", frames)


def background(number: int) -> str:
    """Return a page with an image that only the style sheet names."""
    style = f"<style>.banner {{ height: 240px; background: url(/picture/{number}.png) }}</style>"
    return document("Background", f'{paragraphs(4)}<div class="banner"></div>', style)


def form(number: int) -> str:
    """Return a form of 40 fields."""
    fields = "".join(
        f'<label>Field {field}<input value="{field}"><select><option>One</select><input type="range"></label>'
        for field in range(40)
    )
    return document("Form", f"<form>{fields}<button>Send</button></form>{block(number)}")


def scripts(number: int) -> str:
    """Return a text in the scripts of the world."""
    text = "".join(f"<p>{line * 6}</p>" for line in _SCRIPTS * 4)
    return document("Scripts", text + block(number))


def sticky(number: int) -> str:
    """Return sections below a bar that stays."""
    sections = "".join(f"<section><h2>Section {section}</h2>{paragraphs(3)}</section>" for section in range(10))
    return document("Sticky", f'<nav class="sticky">Contents</nav>{sections}{block(number)}')


def columns(number: int) -> str:
    """Return a newspaper's page of four columns."""
    return document("Columns", f'<div class="columns">{paragraphs(48)}</div>{block(number)}')


def block(number: int) -> str:
    """Return a block that is a mark."""
    return f'<div class="mark" style="background:{css(mark(number))}"></div>'


def _cards(first: int, count: int) -> str:
    return "".join(
        f'<article><img loading="lazy" width="360" height="240" alt="" src="/picture/{number}.png">'
        f"<h2>Card {number}</h2><p>What it is, in two lines at most.</p></article>"
        for number in range(first, first + count)
    )


def _image(number: int) -> str:
    return f'<img width="360" height="240" alt="" src="/picture/{number}.png">'


_SCRIPTS = (
    "Καλημέρα κόσμε. ",
    "Привет, мир. ",
    "こんにちは世界。",
    "你好世界。",
    "안녕하세요. ",
    "مرحبا بالعالم ",
    "नमस्ते 🌍 ",
)
