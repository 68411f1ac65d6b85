"""What one output of a request shows, and how it is encoded."""

from dataclasses import dataclass

from kubeshot_contract.options import Fit, Format, Paper


@dataclass(frozen=True, slots=True)
class ViewportArea:
    """The window as it is."""


@dataclass(frozen=True, slots=True)
class FullPageArea:
    """The page in its full height, or as far as `max_height` CSS pixels."""

    max_height: int | None


@dataclass(frozen=True, slots=True)
class ElementArea:
    """The box around everything that a CSS selector matches, and `padding` CSS pixels around that."""

    selector: str
    padding: int


@dataclass(frozen=True, slots=True)
class ClipArea:
    """A rectangle of the page, in CSS pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


AreaRule = ViewportArea | FullPageArea | ElementArea | ClipArea


@dataclass(frozen=True, slots=True)
class Resize:
    """Another size, in pixels. With one side given the other follows; `fit` needs both."""

    width: int | None
    height: int | None
    fit: Fit


@dataclass(frozen=True, slots=True)
class PDFOptions:
    """How the page is printed. `margin` is a CSS length; `pages` is such as `1-3, 5`, `None` for all."""

    paper: Paper
    landscape: bool
    print_background: bool
    scale: float
    margin: str
    pages: str | None


# What a PDF gets without options of its own. The CRD cannot fill it in: it would do so for pictures too.
DEFAULT_PDF = PDFOptions(Paper.A4, landscape=False, print_background=True, scale=1.0, margin="10mm", pages=None)


@dataclass(frozen=True, slots=True)
class Output:
    """One output. `quality` is 1..100, `None` for the format's own; `pdf` is there for a PDF only."""

    name: str
    area: AreaRule
    format: Format
    quality: int | None
    omit_background: bool
    resize: Resize | None
    pdf: PDFOptions | None
