"""Pages whose size is the difficulty."""

from functools import cache

from zoo.site.exhibit import Answer, Exhibit, Visit, framed, page
from zoo.site.images import huge, one_colour

STRIPE_ROWS = 10
TILES = 200
TILES_IN_ROW = 4
TILE = 60
NODES = 10_000

LAZY_STYLE = """<style>#tiles { display: grid; grid-template-columns: repeat(4, 60px); gap: 0 10px; row-gap: 140px }
#tiles img { width: 60px; height: 60px }</style>"""
# Every other one is of the kind that sites made before browsers had loading=lazy.
LAZY_SCRIPT = """<script>
const watcher = new IntersectionObserver(seen => seen.filter(each => each.isIntersecting).forEach(({target}) => {
  target.src = target.dataset.src; watcher.unobserve(target) }));
document.querySelectorAll('[data-src]').forEach(image => watcher.observe(image)); on()</script>"""
ENDLESS = """<main id="more"></main><script>
const fill = () => { for (let n = 0; n < 10; n++) {
  more.insertAdjacentHTML('beforeend', '<p style="height:100px;margin:0;border-bottom:1px solid #00f">more</p>') } };
fill(); addEventListener('scroll', () => { if (scrollY + innerHeight > document.body.scrollHeight - 400) fill() });
on()</script>"""
SHELL_STYLE = """<style>html, body { height: 100%; overflow: hidden } body { display: flex; flex-direction: column }
header { flex: none } main { flex: 1; overflow: auto }</style>"""
STICKY_STYLE = """<style>header { position: sticky; top: 0; height: 40px; background: #0000c0 }
footer { position: fixed; bottom: 0; left: 0; right: 0; height: 30px; background: #800080 }</style>"""
VH_STYLE = "<style>#hero { height: 100vh; background: #0000c0 }</style>"


def stripe_colour(index: int) -> tuple[int, int, int]:
    """Return the colour of a stripe: another one for each of 65,536, and neighbours differ by 8 steps or more."""
    return (index * 8 % 256, index // 32 % 256, index // 8192 * 16 % 256)


def tile_colour(number: int) -> tuple[int, int, int]:
    """Return the colour of a lazy image, far from white: 200 of them, none like another."""
    return (number, 255 - number, 40)


def stripes(rows: int) -> str:
    """Return divisions of `STRIPE_ROWS` rows each."""
    colours = (stripe_colour(index) for index in range(rows // STRIPE_ROWS))
    return "".join(f'<div style="height:{STRIPE_ROWS}px;background:rgb{colour}"></div>' for colour in colours)


def tall(visit: Visit) -> Answer:
    """Answer a page of exactly so many rows, in stripes from its first row on."""
    document = framed("tall", stripes(visit.number("rows", 3000)), "<style>#lamp { display: none }</style>")
    return Answer(document.encode())


def tile(visit: Visit) -> Answer:
    """Answer a small picture of the tile's colour, a moment late."""
    return Answer(one_colour(4, 4, tile_colour(visit.number("number", 0))), "image/png", wait=0.02)


@cache
def _huge() -> bytes:
    return huge(6000)


def _lazy_tile(number: int) -> str:
    source = (
        f'src="/tile.png?number={number}" loading="lazy"' if number % 2 else f'data-src="/tile.png?number={number}"'
    )
    return f"<img {source}>"


def nodes(visit: Visit) -> Answer:
    """Answer a page of 10,000 elements."""
    cells = "".join(f"<i>{number % 10}</i> " for number in range(visit.number("count", NODES)))
    return Answer(framed("nodes", f"<p>{cells}</p><script>on()</script>").encode())


EXHIBITS = (
    Exhibit(
        "/size/tall",
        tall,
        "is exactly ?rows= rows high, in stripes of 10 rows with a colour each",
        "every row has the colour of its stripe: none cut, repeated or white",
    ),
    page(
        "/size/lazy",
        "has 200 lazy images over 10,000 rows, every other one by an IntersectionObserver",
        "a full page in which all 200 tiles are painted",
        f'<div id="tiles">{"".join(map(_lazy_tile, range(TILES)))}</div>{LAZY_SCRIPT}',
        LAZY_STYLE,
    ),
    page(
        "/size/scroller",
        "is a shell of the window's height with 2,000 rows of stripes inside an element that scrolls",
        "a full page with the header and all stripes",
        f"<header></header><main>{stripes(2000)}</main><script>on()</script>",
        SHELL_STYLE,
    ),
    page(
        "/size/endless",
        "gets 1,000 rows longer whenever one scrolls to its end",
        "a full page longer than at first and shorter than 60,000 rows; the lamp is on",
        ENDLESS,
    ),
    page(
        "/size/sticky",
        "has a sticky header and a fixed footer over 3,000 rows",
        "a full page with each of them once",
        "<header></header><div style='height:3000px'></div><footer></footer><script>on()</script>",
        STICKY_STYLE,
    ),
    page(
        "/size/window-high",
        "begins with a block of 100vh, 2,000 rows follow",
        "a full page in which the block is as high as the window",
        "<div id='hero'></div><div style='height:2000px'></div><script>on()</script>",
        VH_STYLE,
    ),
    page(
        "/size/image",
        "shows a picture of 6,000 x 6,000 pixels, 144 MB when unpacked",
        "a picture, its lower half green, and no crash",
        '<img src="/huge.png" width="200" height="200" style="display:block"><script>on()</script>',
    ),
    page(
        "/size/memory",
        "keeps 3 GB of memory in JavaScript",
        "OutOfMemory where memory has a limit below that",
        """<script>const kept = []; while (kept.length < 96) { const block = new Uint32Array(1 << 23);
        for (let n = 0; n < block.length; n += 512) block[n] = n; kept.push(block) } on()</script>""",
    ),
    page(
        "/size/deep",
        "has 100,000 elements inside each other",
        "a picture, or RendererCrashed: layout goes down into each",
        """<script>let at = document.body; for (let n = 0; n < 100000; n++) {
        at = at.appendChild(document.createElement('div')) } at.textContent = 'deep'</script>""",
    ),
    Exhibit("/size/nodes", nodes, "has 10,000 elements", "settled; the lamp is on"),
    Exhibit("/tile.png", tile),
    Exhibit("/slow.png", lambda _: Answer(one_colour(4, 4, (0, 160, 0)), "image/png", wait=0.8)),
    Exhibit("/huge.png", lambda _: Answer(_huge(), "image/png")),
    Exhibit("/green.png", lambda _: Answer(one_colour(4, 4, (0, 160, 0)), "image/png")),
)
