"""Documents of a page: printed as asked, and whole without the page's servers."""

import email
import email.policy
import io
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader
from pypdf.generic import ContentStream

from integration.engine.locally import REPOSITORY, Captured, capture
from integration.engine.small_site import Files, serving
from kubeshot_capture.attempt import chromium_path

SITE = REPOSITORY / "manifests" / "overlays" / "demo" / "site"
MM = 72 / 25.4

# Three pages of A4, each with a coloured block and a word.
PAPERS = (
    "<!doctype html><title>Papers</title><style>body{margin:0} div{height:90mm;background:#f00;break-after:page}"
    "@media print{.screen{display:none}} @media screen{.print{display:none}}</style>"
    "<div>one <i class=screen>seen</i><i class=print>printed</i></div><div>two</div><div>three</div>"
)


def printed(folder: Path, html: str = PAPERS, *, emulate: dict[str, Any] | None = None, **pdf: Any) -> Captured:
    output = {"name": "paper", "format": "PDF", **({"pdf": pdf} if pdf else {})}
    return capture(folder, html=html, outputs=[output], **({"emulate": emulate} if emulate else {}))


def reader(captured: Captured) -> PdfReader:
    assert captured.reason is None, captured.log
    return PdfReader(io.BytesIO(captured.file("paper.pdf").read_bytes()))


def size(paper: PdfReader) -> tuple[int, int]:
    """Return the size of the first page in millimetres."""
    box = paper.pages[0].mediabox
    return round(float(box.width) / MM), round(float(box.height) / MM)


def fills(paper: PdfReader) -> set[tuple[float, ...]]:
    """Return the colours that the first page is painted with."""
    content = ContentStream(paper.pages[0].get_contents(), paper)
    return {tuple(map(float, operands)) for operands, operator in content.operations if operator == b"rg"}


def test_a_pdf_has_the_whole_page_on_a4(tmp_path: Path) -> None:
    captured = printed(tmp_path)
    paper = reader(captured)
    assert size(paper) == (210, 297)
    assert [page.extract_text().split()[0] for page in paper.pages] == ["one", "two", "three"]
    assert (1.0, 0.0, 0.0) in fills(paper)
    [output] = captured.result.outputs
    assert output.bytes == captured.file("paper.pdf").stat().st_size
    assert (output.width, output.height, output.perceptual_hash) == (None, None, None)


@pytest.mark.parametrize(
    ("pdf", "expected"),
    [
        ({"paper": "A3"}, (297, 420)),
        ({"paper": "A5"}, (148, 210)),
        ({"paper": "Letter"}, (216, 279)),
        ({"paper": "Legal"}, (216, 356)),
        ({"paper": "Tabloid"}, (279, 432)),
        ({"landscape": True}, (297, 210)),
    ],
    ids=str,
)
def test_the_paper_is_as_asked(tmp_path: Path, pdf: dict[str, Any], expected: tuple[int, int]) -> None:
    assert size(reader(printed(tmp_path, **pdf))) == expected


def test_a_pdf_without_backgrounds(tmp_path: Path) -> None:
    assert (1.0, 0.0, 0.0) not in fills(reader(printed(tmp_path, printBackground=False)))


@pytest.mark.parametrize(
    ("pdf", "pages"),
    [({}, 2), ({"scale": 0.5}, 1), ({"scale": 2}, 3), ({"margin": "80mm"}, 3), ({"margin": "0mm"}, 1)],
    ids=str,
)
def test_scale_and_margin_change_how_much_fits(tmp_path: Path, pdf: dict[str, Any], pages: int) -> None:
    html = "<!doctype html><style>body{margin:0} div{height:48mm}</style>" + "<div>line</div>" * 6
    assert len(reader(printed(tmp_path, html, **pdf)).pages) == pages


def test_only_the_pages_that_are_asked_for(tmp_path: Path) -> None:
    paper = reader(printed(tmp_path, pages="1, 3-9"))
    assert [page.extract_text().split()[0] for page in paper.pages] == ["one", "three"]


@pytest.mark.parametrize(
    ("pdf", "words"),
    [({"pages": "7"}, "after the last one"), ({"pages": "3-1"}, "from 1 upwards"), ({"margin": "150mm"}, "no room")],
    ids=str,
)
def test_a_pdf_of_nothing_is_the_requests_fault(tmp_path: Path, pdf: dict[str, Any], words: str) -> None:
    captured = printed(tmp_path, **pdf)
    assert captured.reason == "InvalidRequest", captured.log
    assert captured.result.failure is not None
    assert words in captured.result.failure.message


@pytest.mark.parametrize(
    ("emulate", "word"), [(None, "printed"), ({"media": "Print"}, "printed"), ({"media": "Screen"}, "seen")], ids=str
)
def test_a_pdf_is_for_print_unless_the_request_says_screen(
    tmp_path: Path, emulate: dict[str, Any] | None, word: str
) -> None:
    text = reader(printed(tmp_path, emulate=emulate)).pages[0].extract_text()
    assert [other for other in ("printed", "seen") if other in text] == [word]


HTML = "text/html; charset=utf-8"
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="%s"/></svg>'

# Everything that a page may take from elsewhere, or have made by a script.
FILES: Files = {
    "/": (
        HTML,
        b"""<!doctype html><title>All at once</title><base href="/sub/"><link rel=stylesheet href=a.css>
<link rel=preload as=image href=/green.svg><meta http-equiv=refresh content="900;url=/elsewhere">
<style>@font-face{font-family:display;src:url(/display.woff2)} h1{font-family:display;color:#00f}
.box{width:40px;height:40px;background:url('/green.svg')} table{height:50px;width:50px}</style>
<body onload="document.title='Ready'"><h1>Heading</h1><div class=box></div>
<div style="background:url(/red.svg);width:40px;height:20px"></div>
<img src=/red.svg width=40><img srcset="/green.svg 1x, /red.svg 2x"><picture><source srcset=/harbour.png>
<img src=/red.svg width=60></picture><iframe src=/frame width=150 height=60></iframe>
<iframe srcdoc="<p style='color:red'>inside <img src=/green.svg width=20>" width=150 height=60></iframe>
<input value=typed><input type=checkbox><textarea>a &lt; b</textarea><select><option>x<option>y</select>
<canvas width=40 height=40></canvas><svg width=40 height=40><image href=/green.svg width=40 height=40 /></svg>
<object data=/green.svg width=40></object><x-y>slotted</x-y><table background=/green.svg><tr><td>t</table>
<a href=next>next</a><img src=/missing.png width=30 height=30>
<script>
document.querySelector('input').value = 'changed'; document.querySelector('[type=checkbox]').checked = true;
document.querySelector('select').selectedIndex = 1; document.querySelector('textarea').value = 'c > d';
document.querySelector('canvas').getContext('2d').fillRect(0, 0, 20, 20);
const shadow = document.querySelector('x-y').attachShadow({mode: 'open'});
shadow.innerHTML = '<style>p{color:green;background:url(/red.svg)}</style><p>shadow <slot></slot></p>';
const sheet = new CSSStyleSheet(); sheet.replaceSync('h1{text-decoration:underline}');
document.adoptedStyleSheets = [sheet];
const style = document.createElement('style'); document.head.append(style);
style.sheet.insertRule('h1{letter-spacing:3px}');
</script>""",
    ),
    "/sub/a.css": (
        "text/css",
        b'@import "b.css"; @import url(/print.css) print; body{background:url(../green.svg) 600px 0',
    ),
    "/sub/b.css": ("text/css", b"h1{font-size:40px;color:#f00;border:20px solid;border-image:url('/red.svg') 9}"),
    "/print.css": ("text/css", b"h1{display:none}"),
    "/frame": (HTML, b"<body bgcolor=yellow>quirks <img src=red.svg width=20><iframe src=/inner width=70 height=30>"),
    "/inner": (HTML, b"<!doctype html>inner<script>document.write(' written')</script>"),
    "/green.svg": ("image/svg+xml", (SQUARE % "green").encode()),
    "/red.svg": ("image/svg+xml", (SQUARE % "red").encode()),
    "/harbour.png": ("image/png", (SITE / "harbour.png").read_bytes()),
    "/display.woff2": ("font/woff2", (SITE / "inter-display-bold.woff2").read_bytes()),
}


@pytest.fixture
def page() -> Iterator[tuple[Page, list[str]]]:
    """Yield a page of 800 x 600, and the addresses that it asks for beyond its own file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path({}), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 800, "height": 600})
        asked: list[str] = []
        page.on("request", lambda request: None if request.url.startswith("data:") else asked.append(request.url))
        yield page, asked
        browser.close()


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how many of a hundred pixels differ visibly."""
    grey = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).convert("L")
    return 100 * sum(grey.histogram()[32:]) / (grey.width * grey.height)


def test_html_is_one_file_that_looks_the_same(tmp_path: Path, page: tuple[Page, list[str]]) -> None:
    with serving(FILES) as base:
        captured = capture(tmp_path, url=base + "/", outputs=[{"name": "picture"}, {"name": "page", "format": "HTML"}])
    assert captured.reason is None, captured.log
    shown, asked = page
    file = captured.file("page.html")
    shown.goto(file.as_uri())
    again = Image.open(io.BytesIO(shown.screenshot()))
    assert asked == [file.as_uri()]
    assert difference(captured.picture("picture.png"), again) < 0.1
    assert shown.title() == "Ready"
    assert shown.locator("a").get_attribute("href") == f"{base}/sub/next"
    assert not re.search(r"<script|http-equiv=.refresh|onload", file.read_text())


def test_a_frame_of_another_site_is_in_the_file_too(tmp_path: Path, page: tuple[Page, list[str]]) -> None:
    top = {"/top": (HTML, b"<!doctype html><style>@import 'sub/a.css';</style><h1>top</h1><img src=/red.svg>")}
    with serving({**FILES, **top}) as base:
        foreign = base.replace("127.0.0.1", "localhost")
        style = f"<link rel=stylesheet href={foreign}/sub/b.css>"
        html = f"<!doctype html>{style}<h1>x</h1><iframe src={foreign}/top></iframe>"
        captured = capture(tmp_path, html=html, outputs=[{"name": "picture"}, {"name": "page", "format": "HTML"}])
    assert captured.reason is None, captured.log
    shown, asked = page
    file = captured.file("page.html")
    shown.goto(file.as_uri())
    assert difference(captured.picture("picture.png"), Image.open(io.BytesIO(shown.screenshot()))) < 0.1
    assert asked == [file.as_uri()]
    assert len(captured.picture("picture.png").getcolors(1 << 20) or []) > 3


def test_a_password_stays_out_of_the_file(tmp_path: Path) -> None:
    html = "<!doctype html><input type=password value=swordfish><p>Log in"
    captured = capture(tmp_path, html=html, outputs=[{"name": "page", "format": "HTML"}])
    text = captured.file("page.html").read_text()
    assert "swordfish" not in text
    assert "*" * len("swordfish") in text


def test_mhtml_has_the_page_and_its_images(tmp_path: Path) -> None:
    with serving(FILES) as base:
        captured = capture(tmp_path, url=base + "/", outputs=[{"name": "page", "format": "MHTML"}])
    message = email.message_from_bytes(captured.file("page.mhtml").read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "Ready"
    parts = {str(part["Content-Location"]): part.get_content_type() for part in message.iter_parts()}
    assert parts[base + "/"] == "text/html"
    assert parts[base + "/green.svg"] == "image/svg+xml"


def test_a_mask_is_paint_and_is_said_to_be_no_more(tmp_path: Path) -> None:
    outputs = [{"name": kind.lower(), "format": kind} for kind in ("PNG", "PDF", "HTML", "MHTML")]
    captured = capture(tmp_path, html="<p>open</p><p id=a>covered</p>", prepare={"mask": ["#a"]}, outputs=outputs)
    paper = PdfReader(io.BytesIO(captured.file("pdf.pdf").read_bytes())).pages[0].extract_text()
    assert ("open" in paper, "covered" in paper) == (True, False)
    assert list(captured.result.notes) == [
        f"the output {name} holds what is behind its masks: prepare.remove takes it out" for name in ("html", "mhtml")
    ]
