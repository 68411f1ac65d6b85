"""The last two stages: each output becomes a file, which goes where the outputs are kept."""

import asyncio

from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.material import EncodedFile, Shot
from kubeshot_capture.report import Report
from kubeshot_capture.stages import encode
from kubeshot_capture.steps import Steps
from kubeshot_contract.result import Outcome, Stage, StoredImage

ENCODE_SECONDS = 60.0
UPLOAD_SECONDS = 60.0


class Delivery:
    """Encodes and delivers for one report."""

    def __init__(self, commission: Commission, report: Report, steps: Steps, deadline: Deadline) -> None:
        self._commission = commission
        self._report = report
        self._steps = steps
        self._deadline = deadline

    async def run(self, shots: list[Shot]) -> None:
        """Deliver all shots; while one is on its way, the next one is encoded."""
        delivery: asyncio.Task[None] | None = None
        for shot in shots:
            try:
                file = await self._encode(shot)
            finally:
                # What is on its way arrives, even when the next one can't be encoded.
                if delivery:
                    await delivery
            delivery = asyncio.create_task(self._deliver(file))
        if delivery:
            await delivery

    async def _encode(self, shot: Shot) -> EncodedFile:
        async def work(_: Deadline) -> tuple[Outcome, EncodedFile]:
            return Outcome.SETTLED, await asyncio.to_thread(encode.run, shot, self._commission.folder)

        return await self._steps.run(Stage.ENCODE, self._deadline.within(ENCODE_SECONDS), work)

    async def _deliver(self, file: EncodedFile) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            await self._commission.destination.deliver(file, deadline)
            self._report.stored(
                StoredImage(file.output.name, file.sha256, file.bytes, file.width, file.height, file.perceptual_hash)
            )
            return Outcome.SETTLED, None

        await self._steps.run(Stage.UPLOAD, self._deadline.within(UPLOAD_SECONDS), work)
