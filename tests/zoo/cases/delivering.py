"""Cases of the outputs: what part of the page, in which format, in which size."""

from kubeshot_contract.reasons import Reason
from zoo.case import Case, Check, Complaint
from zoo.checks import (
    BLUE,
    GREEN,
    PURPLE,
    WHITE,
    both,
    colour,
    fails,
    holds,
    size,
    smaller,
    starts_with,
)
from zoo.developed import Developed

FORMATS = ("PNG", "JPEG", "WebP", "AVIF")


def has_names(*names: str) -> Check:
    """Return a check of which outputs there are."""

    def check(shot: Developed) -> None:
        assert sorted(shot.outputs) == sorted(names)

    return check


def alpha(name: str, at: tuple[int, int], wanted: int) -> Check:
    """Return a check of how opaque a pixel is."""

    def check(shot: Developed) -> None:
        pixel = shot.raw_picture(name).convert("RGBA").getpixel(at)
        assert isinstance(pixel, tuple)
        assert pixel[3] == wanted

    return check


CASES = (
    Case(
        "areas",
        "one page load gives the window, the whole page, elements with padding and a rectangle",
        "/options/boxes",
        both(
            has_names("window", "page", "one", "two", "cut"),
            size(320, 240, "window"),
            size(320, 560, "page"),
            colour((50, 530), GREEN, "page"),
            size(120, 80, "one"),
            colour((5, 5), WHITE, "one"),
            colour((10, 10), BLUE, "one"),
            # From the first box to the second one.
            size(240, 110, "two"),
            colour((1, 1), BLUE, "two"),
            colour((239, 109), PURPLE, "two"),
            size(70, 30, "cut"),
            colour((9, 15), WHITE, "cut"),
            colour((10, 15), BLUE, "cut"),
        ),
        {
            "outputs": [
                {"name": "window"},
                {"name": "page", "area": "FullPage"},
                {"name": "one", "area": "Element", "selector": "#first", "padding": 10},
                {"name": "two", "area": "Element", "selector": "#first, #second"},
                {"name": "cut", "area": "Clip", "clip": {"x": 30, "y": 120, "width": 70, "height": 30}},
            ]
        },
        fields=(
            "outputs[].name",
            "outputs[].area",
            "outputs[].selector",
            "outputs[].padding",
            "outputs[].clip.x",
            "outputs[].clip.y",
            "outputs[].clip.width",
            "outputs[].clip.height",
        ),
    ),
    Case(
        "far-element",
        "an element below the window is shown whole, at twice the scale",
        "/options/boxes",
        both(size(200, 120, "low"), colour((1, 1), GREEN, "low"), colour((199, 119), GREEN, "low")),
        {
            "viewport": {"width": 320, "height": 240, "scale": 2},
            "outputs": [{"name": "low", "area": "Element", "selector": "#low"}],
        },
        fields=("outputs[].selector", "viewport.scale"),
    ),
    Case(
        "element-that-is-not-there",
        "an output of an element that is not there is a failure that names it",
        "/options/boxes",
        fails("SelectorNotFound", "#nobody"),
        {"outputs": [{"name": "one", "area": "Element", "selector": "#nobody"}], "wait": {"timeout": "4s"}},
        fields=("outputs[].selector",),
        reason=Reason.SELECTOR_NOT_FOUND,
    ),
    Case(
        "max-height",
        "a full page is cut where the request says so",
        "/size/tall?rows=3000",
        size(320, 1000),
        {"outputs": [{"name": "screenshot", "area": "FullPage", "maxHeight": 1000}]},
        fields=("outputs[].maxHeight",),
        complaints=(Complaint.LOST_OPTIONS,),
    ),
    Case(
        "formats",
        "each format is what it says, and shows the page",
        "/plain",
        both(
            starts_with(b"\x89PNG", "png"),
            starts_with(b"\xff\xd8\xff", "jpeg"),
            starts_with(b"RIFF", "webp"),
            holds(b"ftypavif", name="avif"),
            *(colour((50, 50), GREEN, name.lower(), tolerance=8) for name in FORMATS),
        ),
        {"outputs": [{"name": name.lower(), "format": name} for name in FORMATS]},
        fields=("outputs[].format",),
        complaints=(Complaint.MODERN_FORMATS,),
    ),
    Case(
        "quality",
        "a lower quality makes a smaller file, in each format that has one",
        "/content/restless",
        both(*(smaller(f"{name}-low", than=f"{name}-high") for name in ("jpeg", "webp", "avif"))),
        {
            "outputs": [
                {"name": f"{name.lower()}-{word}", "format": name, "quality": quality}
                for name in ("JPEG", "WebP", "AVIF")
                for word, quality in (("low", 15), ("high", 95))
            ]
        },
        fields=("outputs[].quality",),
    ),
    Case(
        "transparency",
        "what the page does not paint is transparent where the output says so, and white elsewhere",
        "/options/transparent",
        both(
            *(alpha(name, (200, 200), 0) for name in ("png", "webp", "avif")),
            alpha("png", (50, 50), 255),
            alpha("plain", (200, 200), 255),
            colour((200, 200), WHITE, "plain"),
        ),
        {
            "outputs": [
                *({"name": name.lower(), "format": name, "omitBackground": True} for name in ("PNG", "WebP", "AVIF")),
                {"name": "plain"},
            ]
        },
        fields=("outputs[].omitBackground",),
    ),
    Case(
        "sizes",
        "with one side given the other follows; with both the fit says what happens",
        "/options/bands",
        both(
            size(160, 120, "wide"),
            size(80, 60, "high"),
            size(100, 100, "cover"),
            colour((3, 50), GREEN, "cover", tolerance=12),
            size(100, 100, "fill"),
            colour((3, 50), BLUE, "fill", tolerance=12),
            colour((50, 3), GREEN, "fill", tolerance=12),
            size(100, 100, "contain"),
            colour((3, 50), BLUE, "contain", tolerance=12),
            lambda shot: _has_border(shot),
            size(100, 75, "inside"),
        ),
        {
            "outputs": [
                {"name": "wide", "resize": {"width": 160}},
                {"name": "high", "resize": {"height": 60}},
                *(
                    {"name": fit.lower(), "resize": {"width": 100, "height": 100, "fit": fit}}
                    for fit in ("Cover", "Contain", "Fill", "Inside")
                ),
            ]
        },
        fields=("outputs[].resize.width", "outputs[].resize.height", "outputs[].resize.fit"),
    ),
    Case(
        "too-tall-for-jpeg",
        "a JPEG of more rows than the format has is refused, with another format named",
        "/size/tall?rows=70000",
        fails("PageTooLarge", "PNG"),
        {"outputs": [{"name": "screenshot", "area": "FullPage", "format": "JPEG"}]},
        reason=Reason.PAGE_TOO_LARGE,
    ),
)


def _has_border(shot: Developed) -> None:
    """Check that the part of the square that the picture leaves is none of the page's colours."""
    pixel = shot.raw_picture("contain").convert("RGBA").getpixel((50, 3))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0 or pixel[:3] == WHITE
