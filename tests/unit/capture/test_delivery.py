"""Outputs are encoded and delivered, each while the next one is encoded."""

import asyncio
import time
from pathlib import Path

import pytest
from PIL import Image

from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.delivery import Delivery
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.material import EncodedFile, Picture, Shot
from kubeshot_capture.report import Report
from kubeshot_capture.steps import Steps
from kubeshot_capture.supplies import Supplies
from kubeshot_contract.egress import Egress
from kubeshot_contract.options import Sandbox
from kubeshot_contract.result import CaptureResult, Stage
from unit.capture.pictures import make_picture
from unit.contract.make import make_spec

SECONDS = 20.0


class Watchful:
    """A destination that has the first file only when the second one is there."""

    def __init__(self, folder: Path, waits_for: str | None) -> None:
        self._waited = folder / waits_for if waits_for else None
        self.delivered: list[str] = []

    def check(self) -> None:
        """Be ready."""

    async def deliver(self, file: EncodedFile, deadline: Deadline) -> None:
        """Keep the file's name."""
        while self._waited and not self._waited.exists() and deadline.left():
            await asyncio.sleep(0.01)
        self.delivered.append(file.output.name)


def shots(folder: Path, *names: str) -> list[Shot]:
    made: list[Shot] = []
    for name in names:
        (folder / name).mkdir()
        picture = make_picture(folder / name, Image.new("RGB", (20, 20), "teal"), format="JPEG")
        [output] = make_spec(outputs=[{"name": name, "format": "JPEG"}]).outputs
        made.append(Picture(output, picture.width, picture.height, picture.tiles))
    return made


def deliver(folder: Path, made: list[Shot], destination: Watchful) -> CaptureResult:
    async def run() -> CaptureResult:
        report = Report(folder / "last-words", 1, 1, lambda: None)
        commission = Commission(make_spec(), Supplies(), Sandbox.DISABLED, Guard(Egress()), folder, destination)
        steps = Steps(report, asyncio.get_running_loop().create_future())
        deadline = Deadline(time.monotonic, time.monotonic() + SECONDS)
        try:
            await Delivery(commission, report, steps, deadline).run(made)
        finally:
            results.append(report.result)
        return report.result

    results: list[CaptureResult] = []
    try:
        return asyncio.run(run())
    except CaptureError:
        [result] = results
        return result


def test_a_file_is_on_its_way_while_the_next_one_is_encoded(tmp_path: Path) -> None:
    destination = Watchful(tmp_path, "two.jpg")
    result = deliver(tmp_path, shots(tmp_path, "one", "two"), destination)
    assert destination.delivered == ["one", "two"]
    assert [output.name for output in result.outputs] == ["one", "two"]
    assert [(verdict.stage) for verdict in result.stages] == [Stage.ENCODE, Stage.UPLOAD]
    assert sum(verdict.milliseconds for verdict in result.stages) < SECONDS * 1000


def test_what_is_on_its_way_arrives_when_the_next_one_fails(tmp_path: Path) -> None:
    good, bad = shots(tmp_path, "good", "bad")
    assert isinstance(bad, Picture)
    destination = Watchful(tmp_path, None)
    result = deliver(tmp_path, [good, Picture(bad.output, 20, 90_000, bad.tiles)], destination)
    assert destination.delivered == ["good"]
    assert [output.name for output in result.outputs] == ["good"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_all_are_delivered_in_their_order(tmp_path: Path, count: int) -> None:
    names = [f"output-{index}" for index in range(count)]
    destination = Watchful(tmp_path, None)
    deliver(tmp_path, shots(tmp_path, *names), destination)
    assert destination.delivered == names
