"""One output of a spec, as a value."""

from typing import assert_never

from kubeshot_contract.fields import Fields
from kubeshot_contract.options import Area, Fit, Format, Paper
from kubeshot_contract.output import (
    DEFAULT_PDF,
    AreaRule,
    ClipArea,
    ElementArea,
    FullPageArea,
    Output,
    PDFOptions,
    Resize,
    ViewportArea,
)


def parse_output(output: Fields) -> Output:
    """Return one output; raise `MalformedMessageError` for what its CRD would not have let through."""
    output_format = output.choice("format", Format)
    resize = output.optional_object("resize")
    return Output(
        name=output.text("name"),
        area=_area(output),
        format=output_format,
        quality=output.optional_integer("quality", least=1, most=100),
        omit_background=output.boolean("omitBackground"),
        resize=None if resize is None else _resize(resize),
        pdf=_pdf(output.optional_object("pdf")) if output_format is Format.PDF else None,
    )


def _area(output: Fields) -> AreaRule:
    area = output.choice("area", Area)
    match area:
        case Area.VIEWPORT:
            return ViewportArea()
        case Area.FULL_PAGE:
            return FullPageArea(output.optional_integer("maxHeight"))
        case Area.ELEMENT:
            return ElementArea(output.text("selector"), output.optional_integer("padding") or 0)
        case Area.CLIP:
            clip = output.object("clip")
            return ClipArea(clip.integer("x"), clip.integer("y"), clip.integer("width"), clip.integer("height"))
    assert_never(area)


def _resize(resize: Fields) -> Resize:
    return Resize(resize.optional_integer("width"), resize.optional_integer("height"), resize.choice("fit", Fit))


def _pdf(pdf: Fields | None) -> PDFOptions:
    if pdf is None:
        return DEFAULT_PDF
    return PDFOptions(
        paper=pdf.choice("paper", Paper),
        landscape=pdf.boolean("landscape"),
        print_background=pdf.boolean("printBackground"),
        scale=pdf.number("scale"),
        margin=pdf.text("margin"),
        pages=pdf.optional_text("pages"),
    )
