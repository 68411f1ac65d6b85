"""What stages decide without a browser."""

import io

import pytest
from PIL import Image

from kubeshot_capture.browser import MainResponse, launch_failure
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.processes import descendants
from kubeshot_capture.stages import check, encode, gate
from kubeshot_capture.stages.open import net_failure, not_a_page
from kubeshot_capture.stages.shoot import complaint_about_size
from kubeshot_capture.stages.upload import Answer, refusal, tls_context
from kubeshot_contract.job import ImageFormat
from kubeshot_contract.reasons import Reason


def response(status: int = 200, content_type: str = "text/html") -> MainResponse:
    return MainResponse("http://a/", status, content_type)


def picture(image: Image.Image, image_format: str = "PNG") -> bytes:
    content = io.BytesIO()
    image.save(content, image_format)
    return content.getvalue()


@pytest.mark.parametrize("status", [200, 203, 304, 399])
def test_the_gate_lets_pages_through(status: int) -> None:
    gate.check("http://a/", response(status), fail_on_http_status=True)


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (404, False), (429, True), (503, True)])
def test_the_gate_stops_errors(status: int, retryable: bool) -> None:
    with pytest.raises(CaptureError) as caught:
        gate.check("http://a/", response(status), fail_on_http_status=True)
    assert caught.value.reason is Reason.HTTP_ERROR
    assert caught.value.failure.retryable is retryable
    assert str(status) in str(caught.value)


def test_the_gate_lets_errors_through_when_they_are_wanted() -> None:
    gate.check("http://a/", response(404), fail_on_http_status=False)


def test_the_gate_never_lets_the_browsers_own_error_page_through() -> None:
    with pytest.raises(CaptureError):
        gate.check("chrome-error://chromewebdata/", None, fail_on_http_status=False)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (response(204, ""), "status 204"),
        (response(200, "application/pdf; x=y"), "application/pdf,"),
        (None, "a download"),
    ],
)
def test_what_is_no_page_is_named(answer: MainResponse | None, words: str) -> None:
    failure = not_a_page(answer)
    assert failure.reason is Reason.UNSUPPORTED_CONTENT
    assert words in str(failure)


def test_an_error_without_a_body_is_judged_by_its_status() -> None:
    failure = net_failure("HTTP_RESPONSE_CODE_FAILURE", response(503))
    assert failure.reason is Reason.HTTP_ERROR
    assert failure.failure.retryable


@pytest.mark.parametrize(
    ("width", "height", "image_format", "fits"),
    [
        pytest.param(1280, 78_000, ImageFormat.PNG, True, id="a tall page"),
        pytest.param(1280, 78_126, ImageFormat.PNG, False, id="too many pixels"),
        pytest.param(320, 80_000, ImageFormat.PNG, True, id="a narrow page at the limit"),
        pytest.param(320, 80_001, ImageFormat.PNG, False, id="a narrow page above it"),
        pytest.param(320, 65_500, ImageFormat.JPEG, True, id="a JPEG at its limit"),
        pytest.param(320, 65_501, ImageFormat.JPEG, False, id="a JPEG above it"),
        pytest.param(65_501, 320, ImageFormat.JPEG, False, id="a wide JPEG"),
        pytest.param(2560, 46_000, ImageFormat.PNG, False, id="a tall page at scale 2"),
    ],
)
def test_pictures_that_would_be_white_in_part_are_not_taken(
    width: int, height: int, image_format: ImageFormat, fits: bool
) -> None:
    assert (complaint_about_size(width, height, image_format) is None) is fits


def test_a_plain_picture_is_uniform() -> None:
    inspection = check.inspect(picture(Image.new("RGB", (40, 30), "white")))
    assert (inspection.width, inspection.height, inspection.uniform) == (40, 30, True)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_one_other_pixel_is_a_picture(mode: str) -> None:
    image = Image.new(mode, (40, 30), 0)
    image.putpixel((39, 29), 1 if mode in "LP" else (0, 0, 1))
    assert not check.inspect(picture(image)).uniform


def test_a_damaged_picture_is_not_passed_on() -> None:
    whole = picture(Image.effect_noise((200, 200), 90))
    with pytest.raises(OSError, match="truncated"):
        check.inspect(whole[: len(whole) // 2])


def test_an_image_says_its_size_and_digest() -> None:
    content = picture(Image.new("RGB", (40, 30)))
    image = encode.run(content, ImageFormat.PNG)
    assert (image.width, image.height) == (40, 30)
    assert image.content is content
    assert len(image.sha256) == 64


def test_another_format_than_asked_for_is_a_mistake() -> None:
    with pytest.raises(encode.WrongFormatError):
        encode.run(picture(Image.new("RGB", (4, 3))), ImageFormat.JPEG)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(
            Answer(403, "<Error><Code>AccessDenied</Code><Message>Policy expired &amp; gone</Message></Error>"),
            "status 403, AccessDenied: Policy expired & gone",
            id="S3's XML",
        ),
        pytest.param(Answer(502, "<html>Bad Gateway</html>"), "status 502", id="a proxy's page"),
        pytest.param(Answer(500, ""), "status 500", id="nothing"),
    ],
)
def test_a_refusal_says_what_the_storage_said(answer: Answer, words: str) -> None:
    assert refusal(answer) == words


def test_a_ca_bundle_that_is_none_is_the_requests_fault() -> None:
    with pytest.raises(CaptureError) as caught:
        tls_context("not a certificate")
    assert caught.value.reason is Reason.INVALID_REQUEST


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! Update your kernel", Reason.SANDBOX_UNAVAILABLE),
        ("Failed to move to new namespace: PID namespaces supported", Reason.SANDBOX_UNAVAILABLE),
        ("Running as root without --no-sandbox is not supported", Reason.SANDBOX_UNAVAILABLE),
        ("Executable doesn't exist at /nowhere\nsecond line", Reason.INTERNAL_ERROR),
    ],
)
def test_a_browser_without_its_sandbox_says_so(log: str, reason: Reason) -> None:
    assert launch_failure(log).reason is reason


def test_descendants_are_found_through_their_parents() -> None:
    assert sorted(descendants({1: 0, 5: 1, 6: 5, 7: 6, 8: 1}, 5)) == [6, 7]
