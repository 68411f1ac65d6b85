"""The termination message is true and readable at every moment."""

from pathlib import Path

import pytest

from kubeshot_capture.report import Report, write_whole
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult, Failure, Outcome, Page, Stage, StageVerdict, StoredImage
from kubeshot_contract.result_message import decode_result


def read(path: Path) -> CaptureResult:
    return decode_result(path.read_text())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "termination-log"


def test_there_is_a_message_from_the_start(path: Path) -> None:
    Report(path, 3, 2, lambda: 1000)
    assert read(path) == CaptureResult(run=3, attempt=2, peak_memory=1000)


def test_every_change_is_written(path: Path) -> None:
    report = Report(path, 1, 1, lambda: None)
    report.stage(Stage.OPEN, Outcome.SETTLED, 40)
    assert read(path).stages == (StageVerdict(Stage.OPEN, Outcome.SETTLED, 40),)
    report.page(Page("http://a/", 200, "A"))
    assert read(path).page == Page("http://a/", 200, "A")
    image = StoredImage("a", "0" * 64, 1, 2, 3)
    report.stored(image)
    assert read(path).outputs == (image,)
    assert not read(path).finished
    failure = Failure(Reason.HTTP_ERROR, "the server answered 404", retryable=False)
    report.finish(failure)
    assert read(path).finished
    assert read(path).failure == failure


def test_a_stage_that_ran_again_adds_up_in_its_place(path: Path) -> None:
    report = Report(path, 1, 1, lambda: None)
    report.stage(Stage.SETTLE, Outcome.TIMED_OUT, 8000)
    report.stage(Stage.SHOOT, Outcome.SETTLED, 100)
    report.stage(Stage.SETTLE, Outcome.SETTLED, 500)
    assert read(path).stages == (
        StageVerdict(Stage.SETTLE, Outcome.SETTLED, 8500),
        StageVerdict(Stage.SHOOT, Outcome.SETTLED, 100),
    )


def test_a_shorter_message_leaves_nothing_of_a_longer_one(path: Path) -> None:
    write_whole(path, b'{"a": "long"}')
    write_whole(path, b"{}")
    assert path.read_bytes() == b"{}"


def test_the_file_stays_the_same_one_since_the_kubelet_mounts_it(path: Path) -> None:
    write_whole(path, b"{}")
    before = path.stat().st_ino
    write_whole(path, b"[]")
    assert path.stat().st_ino == before


def test_a_note_is_told_once(path: Path) -> None:
    report = Report(path, 1, 1, lambda: None)
    for sentence in ("an alert was dismissed", "a window was closed", "an alert was dismissed"):
        report.note(sentence)
    assert read(path).notes == ("an alert was dismissed", "a window was closed")


def test_nothing_is_told_that_is_to_be_concealed(path: Path) -> None:
    report = Report(path, 1, 1, lambda: None, lambda text: text.replace("secret", "[redacted]"))
    report.page(Page("http://a/?key=secret", 200, "the secret"))
    report.note("secret header refused")
    report.finish(Failure(Reason.INVALID_REQUEST, "secret is no header", retryable=False))
    assert "secret" not in path.read_text()


def test_a_result_of_a_container_with_many_is_only_kept() -> None:
    report = Report(None, 1, 1, lambda: None)
    report.finish(None)
    assert report.result.finished
