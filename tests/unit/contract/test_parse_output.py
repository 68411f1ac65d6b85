"""An output is read as it was asked for, each area with what belongs to it."""

from typing import Any

import pytest

from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.options import Fit, Format, Paper
from kubeshot_contract.output import (
    DEFAULT_PDF,
    ClipArea,
    ElementArea,
    FullPageArea,
    Output,
    PDFOptions,
    Resize,
    ViewportArea,
)
from unit.contract.make import make_spec


def output(**fields: Any) -> Output:
    """Return the one output with these fields."""
    [read] = make_spec(outputs=[{"name": "a", **fields}]).outputs
    return read


def test_an_output_of_a_name_alone_is_a_png_of_the_window() -> None:
    assert output() == Output(
        "a", ViewportArea(), Format.PNG, quality=None, omit_background=False, resize=None, pdf=None
    )


def test_outputs_keep_their_order() -> None:
    assert [read.name for read in make_spec(outputs=[{"name": "b"}, {"name": "a"}]).outputs] == ["b", "a"]


@pytest.mark.parametrize(
    ("fields", "area"),
    [
        pytest.param({"area": "Viewport"}, ViewportArea(), id="the window"),
        pytest.param({"area": "FullPage"}, FullPageArea(None), id="the page"),
        pytest.param({"area": "FullPage", "maxHeight": 9}, FullPageArea(9), id="the page as far as"),
        pytest.param({"area": "Element", "selector": "b"}, ElementArea("b", 0), id="an element"),
        pytest.param(
            {"area": "Element", "selector": "b", "padding": 7}, ElementArea("b", 7), id="an element with room"
        ),
        pytest.param(
            {"area": "Clip", "clip": {"width": 3, "height": 4}}, ClipArea(0, 0, 3, 4), id="a rectangle of a size"
        ),
        pytest.param(
            {"area": "Clip", "clip": {"x": 1, "y": 2, "width": 3, "height": 4}}, ClipArea(1, 2, 3, 4), id="a rectangle"
        ),
    ],
)
def test_an_area_is_read(fields: dict[str, Any], area: object) -> None:
    assert output(**fields).area == area


@pytest.mark.parametrize("output_format", list(Format))
def test_a_format_is_read(output_format: Format) -> None:
    assert output(format=output_format.value).format is output_format


def test_quality_and_background_are_read() -> None:
    read = output(format="WebP", quality=40, omitBackground=True)
    assert (read.quality, read.omit_background) == (40, True)


@pytest.mark.parametrize(
    ("resize", "read"),
    [
        pytest.param({"width": 64}, Resize(64, None, Fit.COVER), id="one side"),
        pytest.param({"height": 36}, Resize(None, 36, Fit.COVER), id="the other"),
        pytest.param({"width": 64, "height": 36, "fit": "Inside"}, Resize(64, 36, Fit.INSIDE), id="both"),
    ],
)
def test_another_size_is_read(resize: dict[str, Any], read: Resize) -> None:
    assert output(resize=resize).resize == read


@pytest.mark.parametrize(
    ("fields", "pdf"),
    [
        pytest.param({"format": "PNG"}, None, id="a picture has none"),
        pytest.param({"format": "PDF"}, DEFAULT_PDF, id="none given"),
        pytest.param(
            {
                "format": "PDF",
                "pdf": {
                    "paper": "A3",
                    "landscape": True,
                    "printBackground": False,
                    "scale": 0.5,
                    "margin": "0in",
                    "pages": "2",
                },
            },
            PDFOptions(Paper.A3, landscape=True, print_background=False, scale=0.5, margin="0in", pages="2"),
            id="all given",
        ),
    ],
)
def test_options_of_a_pdf_are_read(fields: dict[str, Any], pdf: PDFOptions | None) -> None:
    assert output(**fields).pdf == pdf


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        pytest.param({"area": "Everything"}, "spec.outputs[0].area is not one of", id="an unknown area"),
        pytest.param({"area": "Element"}, "spec.outputs[0].selector is not a string", id="no selector"),
        pytest.param({"area": "Clip"}, "spec.outputs[0].clip is not a JSON object", id="no rectangle"),
        pytest.param({"format": "GIF"}, "spec.outputs[0].format is not one of", id="an unknown format"),
        pytest.param(
            {"quality": 101}, "spec.outputs[0].quality is not an integer from 1 to 100", id="too much quality"
        ),
        pytest.param(
            {"format": "PDF", "pdf": {"scale": "1"}}, "spec.outputs[0].pdf.scale is not a number", id="a text"
        ),
    ],
)
def test_what_the_crd_would_not_let_through_is_refused(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(MalformedMessageError) as caught:
        output(**fields)
    assert complaint in str(caught.value)
