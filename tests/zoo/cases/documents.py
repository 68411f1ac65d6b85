"""Cases of the outputs that are documents: PDF, HTML, MHTML."""

from zoo.case import Case, Check
from zoo.checks import both, holds, pdf_fills, pdf_pages
from zoo.developed import Developed

A4, A5 = (595, 842), (420, 595)


def pages(name: str, wanted: tuple[int, int], count: int | None = None) -> Check:
    """Return a check of a PDF's paper, and of how many pages it has."""

    def check(shot: Developed) -> None:
        found = pdf_pages(shot.content(name))
        assert found
        # Chromium rounds paper up to its own pixels.
        assert all(abs(one - other) <= 2 for size in found for one, other in zip(size, wanted, strict=True)), str(found)
        assert count is None or len(found) == count, str(found)

    return check


def more_pages(name: str, than: str) -> Check:
    """Return a check that one PDF has more pages than another."""

    def check(shot: Developed) -> None:
        assert len(pdf_pages(shot.content(name))) > len(pdf_pages(shot.content(than)))

    return check


def prints_ground(name: str, wanted: bool) -> Check:
    """Return a check of whether a PDF has the page's green ground."""

    def check(shot: Developed) -> None:
        fills = pdf_fills(shot.content(name))
        assert any(abs(fill[1] - 160) < 2 and fill[0] == fill[2] == 0 for fill in fills) == wanted, str(fills)

    return check


def needs_nobody(shot: Developed) -> None:
    """Check that nothing in the page is fetched from elsewhere."""
    found = [word for word in (b'src="/', b'src="http') if word in shot.content("html")]
    assert not found, str(found)


CASES = (
    Case(
        "paper",
        "paper, orientation, ground, scale, margin and pages of a PDF",
        "/options/paper",
        both(
            pages("plain", A4),
            prints_ground("plain", wanted=True),
            pages("small-paper", A5),
            pages("wide", (A4[1], A4[0])),
            prints_ground("bare", wanted=False),
            more_pages("plain", than="half"),
            more_pages("margins", than="plain"),
            pages("first-two", A4, count=2),
        ),
        {
            "outputs": [
                {"name": "plain", "format": "PDF"},
                {"name": "small-paper", "format": "PDF", "pdf": {"paper": "A5"}},
                {"name": "wide", "format": "PDF", "pdf": {"landscape": True}},
                {"name": "bare", "format": "PDF", "pdf": {"printBackground": False}},
                {"name": "half", "format": "PDF", "pdf": {"scale": 0.5}},
                {"name": "margins", "format": "PDF", "pdf": {"margin": "60mm"}},
                {"name": "first-two", "format": "PDF", "pdf": {"pages": "1-2"}},
            ]
        },
        fields=(
            "outputs[].pdf.paper",
            "outputs[].pdf.landscape",
            "outputs[].pdf.printBackground",
            "outputs[].pdf.scale",
            "outputs[].pdf.margin",
            "outputs[].pdf.pages",
        ),
    ),
    Case(
        "documents",
        "HTML and MHTML hold text and images, without a way back to the server",
        "/options/whole",
        both(
            holds(b"Text of the page", b"data:image/png;base64,", name="html"),
            needs_nobody,
            holds(b"Text of the page", b"multipart/related", b"image/png", name="mhtml"),
        ),
        {"outputs": [{"name": "html", "format": "HTML"}, {"name": "mhtml", "format": "MHTML"}]},
        fields=("outputs[].format",),
    ),
)
