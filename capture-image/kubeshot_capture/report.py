"""The result as it grows, true at every moment: the container's termination message, where the container is for it."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from kubeshot_capture import log
from kubeshot_contract.result import CaptureResult, Failure, Outcome, Page, Stage, StageVerdict, StoredImage
from kubeshot_contract.result_message import MAX_HOSTS, encode_result


class Report:
    """Holds the result of this attempt and writes it at every change."""

    def __init__(
        self,
        path: Path | None,
        run: int,
        attempt: int,
        peak_memory: Callable[[], int | None],
        clean: Callable[[str], str] = str,
    ) -> None:
        """Write a first message at once: a pod that dies now has at least started. Texts go through `clean`.

        Without a path the result is only kept here: a container has one termination message, and may have many results.
        """
        self._path = path
        self._peak_memory = peak_memory
        self._clean = clean
        self.result = CaptureResult(run=run, attempt=attempt)
        self.write()

    def stage(self, stage: Stage, outcome: Outcome, milliseconds: int) -> None:
        """Add a stage's verdict. A stage that ran again keeps its place, adds its time, and its last outcome counts."""
        log.write("stage", stage=stage, outcome=outcome, milliseconds=milliseconds)
        stages = {verdict.stage: verdict for verdict in self.result.stages}
        before = stages[stage].milliseconds if stage in stages else 0
        stages[stage] = StageVerdict(stage, outcome, before + milliseconds)
        self._change(replace(self.result, stages=tuple(stages.values())))

    def page(self, page: Page) -> None:
        """Say which page was reached."""
        cleaned = replace(page, final_url=self._clean(page.final_url), title=self._clean(page.title))
        self._change(replace(self.result, page=cleaned))

    def note(self, sentence: str) -> None:
        """Add a sentence that a person should read beside the pictures, once."""
        sentence = self._clean(sentence)
        if sentence not in self.result.notes:
            log.write("note", note=sentence)
            self._change(replace(self.result, notes=(*self.result.notes, sentence)))

    def note_all(self, sentences: Iterable[str]) -> None:
        """Add several sentences."""
        for sentence in sentences:
            self.note(sentence)

    def traffic(self, refused_hosts: tuple[str, ...], received: int) -> None:
        """Say what the page's class kept it from reaching, and how many bytes came from the network."""
        log.write("traffic", refused_hosts=refused_hosts, received=received)
        cleaned = tuple(self._clean(host) for host in refused_hosts[:MAX_HOSTS])
        self._change(replace(self.result, refused_hosts=cleaned, received=received))

    def stored(self, image: StoredImage) -> None:
        """Add an image that is in the bucket."""
        log.write("stored", name=image.name, bytes=image.bytes, width=image.width, height=image.height)
        self._change(replace(self.result, outputs=(*self.result.outputs, image)))

    def finish(self, failure: Failure | None) -> None:
        """Say that this attempt is over, and why it failed if it did."""
        if failure:
            failure = replace(failure, message=self._clean(failure.message))
            log.write("failed", reason=failure.reason, message=failure.message, retryable=failure.retryable)
        else:
            log.write("finished", settled=self.result.settled)
        self._change(replace(self.result, finished=True, failure=failure))

    def write(self) -> None:
        """Write the message as it is now."""
        self.result = replace(self.result, peak_memory=self._peak_memory())
        if self._path:
            write_whole(self._path, encode_result(self.result).encode())

    def _change(self, result: CaptureResult) -> None:
        self.result = result
        self.write()


def write_whole(path: Path, message: bytes) -> None:
    """Replace a file's content so that a reader finds JSON of the old or of the new message, never a mixture.

    The kubelet mounts the file itself, so it can't be replaced by renaming. One write covers all of the old message
    with spaces, which JSON allows after its end; cutting the file then only removes those.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        os.pwrite(descriptor, message.ljust(os.fstat(descriptor).st_size), 0)
        os.ftruncate(descriptor, len(message))
    finally:
        os.close(descriptor)
