"""Pages that come to rest after their load event: fonts, animations, answers of a server, what is seen first."""

from bench.site.page import css, document, mark, paragraphs
from bench.site.still import block

_ITEMS = "const items = await (await fetch('/items.json')).json();"


def fonts(number: int) -> str:
    """Return a heading in a web font; the mark comes with the font."""
    style = "<style>@font-face { font-family: Shop; src: url(/font.woff2) } h2 { font: 64px Shop }</style>"
    script = _module(f"await document.fonts.load('64px Shop'); {_add(number)}")
    return document("Fonts", f"<h2>A heading in a font of its own</h2>{paragraphs(6)}{script}", style)


def animation(number: int) -> str:
    """Return a page that fades in within 0.6 s."""
    style = "<style>@keyframes in { from { opacity: 0 } } .in { animation: in .6s both }</style>"
    return document("Animation", f'{paragraphs(6)}<div class="in">{block(number)}</div>', style)


def listing(number: int) -> str:
    """Return a list of 100 items that the server is asked for."""
    script = _module(
        f"{_ITEMS} for (const item of items) document.querySelector('ul')"
        f".insertAdjacentHTML('beforeend', `<li><b>${{item.name}}</b> ${{item.text}}</li>`); {_add(number)}"
    )
    return document("Listing", f"<ul></ul>{script}")


def chart(number: int) -> str:
    """Return a bar chart of what the server answers."""
    script = _module(
        f"{_ITEMS} document.querySelector('svg').innerHTML = items.map((item, place) => "
        "`<rect x=${place * 12} y=${400 - item.amount} width=10 height=${item.amount} fill=teal />`).join('') "
        f"+ '<rect x=0 y=400 width=60 height=40 fill=\"{css(mark(number))}\" />'"
    )
    return document("Chart", f'<svg width="1200" height="440"></svg>{script}')


def canvas(number: int) -> str:
    """Return a canvas that is drawn in the next frame."""
    script = _module(
        "requestAnimationFrame(() => { const context = document.querySelector('canvas').getContext('2d');"
        "for (let place = 0; place < 600; place++) { context.fillStyle = `hsl(${place} 70% 60%)`;"
        "context.fillRect(place * 2, 300 - 200 * Math.sin(place / 40), 2, 300); }"
        f"context.fillStyle = '{css(mark(number))}'; context.fillRect(0, 0, 60, 40); }})"
    )
    return document("Canvas", f'<canvas width="1200" height="600"></canvas>{script}')


def application(number: int) -> str:
    """Return an application that shows a skeleton, and 0.4 s later itself."""
    script = _module(
        f"setTimeout(() => {{ document.querySelector('#app').textContent = 'It is here'; {_add(number)} }}, 400)"
    )
    return document("Application", f'<div id="app">Loading ...</div>{script}')


def revealed(number: int) -> str:
    """Return sections that appear when they are scrolled to."""
    style = "<style>section { opacity: 0; transition: opacity .2s } section.seen { opacity: 1 }</style>"
    sections = f"<section>{paragraphs(6)}</section>" * 6 + f"<section>{block(number)}</section>"
    script = _module(
        "const seen = new IntersectionObserver(entries => entries.forEach(entry => "
        "entry.isIntersecting && entry.target.classList.add('seen')));"
        "document.querySelectorAll('section').forEach(section => seen.observe(section))"
    )
    return document("Revealed", sections + script, style)


def _module(script: str) -> str:
    return f'<script type="module">{script}</script>'


def _add(number: int) -> str:
    return f"document.querySelector('main').insertAdjacentHTML('beforeend', `{block(number)}`);"
