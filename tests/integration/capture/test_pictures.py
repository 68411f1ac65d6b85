"""What is in the bucket is the page."""

import hashlib

from PIL import Image, ImageChops

from integration.capture.conftest import Capture, Shelf
from integration.capture.site import STRIPE_ROWS, SiteServer, stripe_colour
from kubeshot_contract.options import Format
from kubeshot_contract.reasons import ExitCode
from kubeshot_contract.result import Page, Stage


def colours(image: Image.Image) -> int:
    found = image.getcolors(1 << 20)
    return len(found) if found else 1 << 20


def is_the_same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


def test_a_page_becomes_an_object_and_a_result(capture: Capture, shelf: Shelf, site: SiteServer) -> None:
    attempt = capture("/page")
    assert attempt.exit_code == ExitCode.SUCCEEDED, attempt.log
    assert attempt.result.finished
    assert attempt.result.settled
    assert attempt.result.page == Page(site.base + "/page", 200, "A good page")
    assert [verdict.stage for verdict in attempt.result.stages] == list(Stage)
    [output] = attempt.result.outputs
    content = shelf.content()
    assert (output.name, output.sha256) == ("screenshot", hashlib.sha256(content).hexdigest())
    assert (output.bytes, output.width, output.height) == (len(content), 800, 600)
    stored = shelf.minio.client().stat_object(shelf.bucket, "team/screenshot.png")
    assert stored.content_type == "image/png"
    assert stored.metadata is not None
    assert stored.metadata["x-amz-meta-sha256"] == f"sha256-{output.sha256}"
    assert stored.metadata["x-amz-meta-uid"] == "5f2c"
    assert (255, 0, 0) in {shelf.image().getpixel((20, y)) for y in range(0, 600, 20)}


def test_a_redirect_is_followed_and_told(capture: Capture, site: SiteServer) -> None:
    assert capture("/redirect").result.page == Page(site.base + "/page", 200, "A good page")


def test_the_charset_of_the_server_holds(capture: Capture) -> None:
    page = capture("/latin1").result.page
    assert page is not None
    assert page.title == "Grüße"


def test_the_scale_makes_more_pixels_of_the_same_page(capture: Capture, shelf: Shelf) -> None:
    attempt = capture("/small", viewport={"width": 300, "height": 200, "scale": 2})
    image = shelf.image()
    assert image.size == (600, 400) == (attempt.result.outputs[0].width, attempt.result.outputs[0].height)
    assert image.getpixel((199, 199)) == (0, 255, 0)
    assert image.getpixel((200, 200)) == (255, 255, 255)


def test_one_page_load_gives_all_outputs(capture: Capture, shelf: Shelf) -> None:
    outputs = [
        {"name": "top"},
        {"name": "full", "area": "FullPage"},
        {"name": "small", "format": "JPEG", "quality": 20},
        {"name": "large", "format": "JPEG", "quality": 95},
        {"name": "usual", "format": "JPEG"},
    ]
    attempt = capture("/noise", outputs=outputs, viewport={"width": 700, "height": 300})
    sizes = {output.name: output.bytes for output in attempt.result.outputs}
    assert sizes["small"] < sizes["usual"] < sizes["large"]
    assert shelf.image("top").size == (700, 300) == shelf.image("usual", Format.JPEG).size
    assert shelf.image("full").height > 500
    assert shelf.minio.client().stat_object(shelf.bucket, "team/usual.jpg").content_type == "image/jpeg"


def test_a_tall_page_is_exact_from_top_to_bottom(capture: Capture, shelf: Shelf) -> None:
    rows = 12_000
    outputs = [{"name": "screenshot", "area": "FullPage"}]
    capture(f"/stripes?rows={rows}", outputs=outputs, viewport={"width": 320, "height": 400})
    image = shelf.image()
    assert image.size == (320, rows)
    for index in range(rows // STRIPE_ROWS):
        top, bottom = index * STRIPE_ROWS, (index + 1) * STRIPE_ROWS - 1
        assert image.getpixel((5, top)) == image.getpixel((310, bottom)) == stripe_colour(index)


def test_emoji_have_colours_and_characters_are_no_boxes(capture: Capture, shelf: Shelf) -> None:
    samples = ["😀", "日", "本", "한", "م", "ש", "ก", "ह"]
    cells = "".join(f"<div style='width:60px;height:60px;overflow:hidden'>{sample}</div>" for sample in samples)
    capture(f"<!doctype html><style>body{{margin:0;font:40px/60px sans-serif}}</style>{cells}")
    image = shelf.image()
    emoji, *letters = (image.crop((0, top, 60, top + 60)) for top in range(0, 60 * len(samples), 60))
    yellow = [colour for _, colour in emoji.getcolors(1 << 12) or [] if isinstance(colour, tuple)]
    assert any(red > 230 and green > 180 and blue < 120 for red, green, blue in yellow)
    assert all(colours(letter) > 1 for letter in letters)
    # Boxes for missing characters look all the same.
    assert not any(is_the_same(one, other) for one in letters for other in letters if one is not other)


def test_html_is_a_document_of_its_own(capture: Capture, shelf: Shelf, site: SiteServer) -> None:
    html = (
        "<!doctype html><meta charset=latin1><title>ünï 世界</title><style>body{margin:0}</style>"
        "<a id=a href=next></a><div id=d style='width:50px;height:50px'></div>"
        f"<img src='{site.base}/slow-picture' style='display:block'><script>localStorage.x = 1;"
        "const good = document.compatMode === 'CSS1Compat' && localStorage.x === '1' && a.href.endsWith('/next');"
        "d.style.background = good ? '#0f0' : '#f00'</script>"
    )
    page = capture(html).result.page
    assert page is not None
    assert (page.http_status, page.title) == (None, "ünï 世界")
    assert shelf.image().getpixel((25, 25)) == (0, 255, 0)
    assert shelf.image().getpixel((25, 75)) == (0, 128, 0)


def test_an_empty_page_is_a_picture_of_nothing(capture: Capture, shelf: Shelf) -> None:
    assert capture("/nothing").exit_code == ExitCode.SUCCEEDED
    assert colours(shelf.image()) == 1


def test_a_page_that_uncovers_itself_is_looked_at_again(capture: Capture, shelf: Shelf) -> None:
    assert capture("/covered").exit_code == ExitCode.SUCCEEDED
    assert colours(shelf.image()) > 1


def test_dialogs_do_not_block(capture: Capture) -> None:
    page = capture("/dialogs").result.page
    assert page is not None
    assert page.title == "after"


def test_errors_are_pictures_for_those_who_want_them(capture: Capture, shelf: Shelf) -> None:
    attempt = capture("/status/404", failOn={"httpStatus": False})
    assert attempt.exit_code == ExitCode.SUCCEEDED
    assert attempt.result.page is not None
    assert attempt.result.page.http_status == 404
    assert shelf.keys() == ["team/screenshot.png"]


def test_the_largest_html_fits_into_a_job(capture: Capture) -> None:
    html = "<!doctype html><title>large</title><p>".ljust(65_536, "x")
    assert len(html.encode()) == 65_536
    attempt = capture(html)
    assert attempt.exit_code == ExitCode.SUCCEEDED, attempt.log
    assert attempt.result.page is not None
    assert attempt.result.page.title == "large"


MAGIC = {
    Format.PNG: (0, b"\x89PNG"),
    Format.JPEG: (0, b"\xff\xd8\xff"),
    Format.WEBP: (8, b"WEBP"),
    Format.AVIF: (4, b"ftypavif"),
    Format.PDF: (0, b"%PDF-"),
    Format.HTML: (0, b"<!DOCTYPE html>"),
    Format.MHTML: (0, b"From: "),
}


def test_the_bytes_are_of_the_format_that_was_asked_for(capture: Capture, shelf: Shelf) -> None:
    outputs = [{"name": each.extension, "format": each.value} for each in Format]
    attempt = capture("/small", outputs=outputs)
    assert [output.name for output in attempt.result.outputs] == [each.extension for each in Format], attempt.log
    for each, (start, magic) in MAGIC.items():
        assert shelf.content(each.extension, each)[start:].startswith(magic)
        stored = shelf.minio.client().stat_object(shelf.bucket, f"team/{each.extension}.{each.extension}")
        assert stored.content_type == each.content_type
