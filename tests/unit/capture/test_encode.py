"""Files hold the picture that the tiles made, whatever its height."""

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.material import Document, Picture
from kubeshot_capture.stages import encode
from kubeshot_contract.reasons import Reason
from unit.capture.pictures import make_picture, painted
from unit.contract.make import make_spec

TALL = """
import re, sys
from pathlib import Path
from PIL import Image
from kubeshot_capture.stages import encode
from unit.capture.pictures import make_picture
folder, options = Path(sys.argv[1]), eval(sys.argv[2])
picture = make_picture(folder, Image.new("RGB", (1280, 2000), "teal"), **options)
tall = type(picture)(picture.output, 1280, 60_000, picture.tiles * 30)
file = encode.run(tall, folder)
# Not ru_maxrss: to that the process counts which began this one.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(file.width, file.height, int(peak[1]) >> 10)
"""


def encoded(picture: Picture, folder: Path) -> Image.Image:
    with Image.open(encode.run(picture, folder).path) as image:
        image.load()
        return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two pictures of one size, in steps of 255."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("heights", [(300, 300), (1, 255, 257), (256, 256)], ids=str)
def test_tiles_become_one_exact_png(tmp_path: Path, mode: str, heights: tuple[int, ...]) -> None:
    image = painted(70, 700, mode)
    joined = encoded(make_picture(tmp_path, image, *heights, omitBackground=mode == "RGBA"), tmp_path)
    assert joined.mode == mode
    assert joined.tobytes() == image.tobytes()


def test_a_png_in_one_tile_keeps_its_bytes(tmp_path: Path) -> None:
    picture = make_picture(tmp_path, painted(40, 30))
    before = picture.tiles[0].read_bytes()
    file = encode.run(picture, tmp_path)
    assert file.path.read_bytes() == before
    assert (file.bytes, file.sha256) == (len(before), hashlib.sha256(before).hexdigest())
    assert (file.width, file.height) == (40, 30)


@pytest.mark.parametrize("height", [1, 15, 256, 257, 700])
def test_a_joined_jpeg_is_the_one_that_libjpeg_makes_of_the_whole(tmp_path: Path, height: int) -> None:
    image = painted(77, height)
    file = encode.run(make_picture(tmp_path, image, 100, 333, format="JPEG", quality=70), tmp_path)
    expected = io.BytesIO()
    image.save(expected, "JPEG", quality=70, subsampling="4:2:0", restart_marker_rows=1)
    assert file.path.read_bytes() == expected.getvalue()


def test_the_tallest_jpeg_can_be_read(tmp_path: Path) -> None:
    image = Image.linear_gradient("L").convert("RGB").resize((16, 65_500))
    joined = encoded(make_picture(tmp_path, image, 4000, 30_000, format="JPEG"), tmp_path)
    assert difference(joined, image) < 2


@pytest.mark.parametrize("image_format", ["WebP", "AVIF"])
def test_other_formats_hold_the_picture_too(tmp_path: Path, image_format: str) -> None:
    image = painted(80, 600).reduce(4).resize((80, 600))
    picture = make_picture(tmp_path, image, 100, 333, format=image_format, quality=90)
    joined = encoded(picture, tmp_path)
    assert joined.format == image_format.upper()
    assert difference(joined, image) < 6


@pytest.mark.parametrize("image_format", ["JPEG", "WebP", "AVIF"])
def test_quality_makes_files_smaller_or_larger(tmp_path: Path, image_format: str) -> None:
    image = painted(200, 200)
    options: list[dict[str, int]] = [{"quality": 20}, {}, {"quality": 95}]
    files = [encode.run(make_picture(tmp_path, image, format=image_format, **each), tmp_path).bytes for each in options]
    assert files[0] < files[1] < files[2]


@pytest.mark.parametrize("image_format", ["PNG", "WebP", "AVIF"])
def test_transparency_is_kept(tmp_path: Path, image_format: str) -> None:
    image = Image.new("RGBA", (64, 64))
    image.paste((200, 0, 0, 255), (0, 0, 32, 64))
    kept = encoded(make_picture(tmp_path, image, 40, format=image_format, omitBackground=True), tmp_path)
    assert kept.mode == "RGBA"
    assert [kept.getchannel("A").getpixel((x, 50)) for x in (10, 50)] == [255, 0]


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WebP", "AVIF"])
def test_nothing_is_in_a_file_but_its_picture(tmp_path: Path, image_format: str) -> None:
    picture = make_picture(tmp_path, painted(40, 300), 100, format=image_format)
    with Image.open(picture.tiles[0]) as tile:
        tile.save(picture.tiles[0], icc_profile=b"profile", exif=b"Exif\0\0camera", dpi=(300, 300))
    content = encode.run(picture, tmp_path).path.read_bytes()
    assert not any(word in content for word in (b"iCCP", b"ICC_PROFILE", b"ICCP", b"eXIf", b"Exif", b"pHYs", b"prof"))


@pytest.mark.parametrize("options", [{}, {"format": "JPEG"}, {"resize": {"width": 320}}], ids=str)
def test_a_tall_picture_is_never_in_memory_as_a_whole(tmp_path: Path, options: dict[str, object]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TALL, tmp_path, repr(options)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
    )
    width, height, megabytes = map(int, done.stdout.split())
    assert (width, height) == ((320, 15_000) if "resize" in options else (1280, 60_000))
    # The whole has 293 MB.
    assert megabytes < 160


@pytest.mark.parametrize(
    ("size", "options", "words"),
    [
        pytest.param((9, 65_501), {"format": "JPEG"}, "65500 on a side", id="JPEG"),
        pytest.param((9, 16_384), {"format": "WebP"}, "16383 on a side", id="WebP"),
        pytest.param((2000, 5001), {"format": "AVIF"}, "10000000 at most", id="AVIF"),
        pytest.param((2000, 16_000), {"format": "WebP"}, "30000000 at most", id="a large WebP"),
        pytest.param((9, 9), {"format": "WebP", "resize": {"height": 16_384}}, "16383 on a side", id="by its resize"),
        pytest.param((9, 90_000), {"resize": {"width": 16_384, "height": 1, "fit": "Fill"}}, "resized", id="a window"),
    ],
)
def test_what_a_format_can_not_hold_is_refused(
    tmp_path: Path, size: tuple[int, int], options: dict[str, object], words: str
) -> None:
    picture = make_picture(tmp_path, Image.new("RGB", (9, 9)), **options)
    with pytest.raises(CaptureError, match=words) as caught:
        encode.run(Picture(picture.output, *size, picture.tiles), tmp_path)
    assert caught.value.reason is Reason.PAGE_TOO_LARGE


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_a_damaged_tile_is_not_passed_on(tmp_path: Path, image_format: str) -> None:
    picture = make_picture(tmp_path, Image.effect_noise((200, 200), 90).convert("RGB"), format=image_format)
    picture.tiles[0].write_bytes(picture.tiles[0].read_bytes()[:5000])
    with pytest.raises(OSError, match="truncated"):
        encode.run(picture, tmp_path)


def test_a_document_is_stored_as_it_is(tmp_path: Path) -> None:
    [output] = make_spec(outputs=[{"name": "paper", "format": "PDF"}]).outputs
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"%PDF-")
    file = encode.run(Document(output, path), tmp_path)
    assert (file.path, file.bytes, file.sha256) == (path, 5, hashlib.sha256(b"%PDF-").hexdigest())
    assert (file.width, file.height, file.perceptual_hash) == (None, None, None)


def test_an_empty_file_is_no_output(tmp_path: Path) -> None:
    [output] = make_spec(outputs=[{"name": "paper", "format": "PDF"}]).outputs
    path = tmp_path / "paper.pdf"
    path.touch()
    with pytest.raises(CaptureError, match="paper is empty"):
        encode.run(Document(output, path), tmp_path)
