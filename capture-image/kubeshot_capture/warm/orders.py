"""What a warm pod has to say to the dispatch service: it claims jobs, and reports how they ended."""

import asyncio
import time
from collections.abc import Iterator
from http import HTTPStatus

from kubeshot_capture import log
from kubeshot_capture.dispatch import Access, Answer, DispatchLine, UnansweredError
from kubeshot_contract.dispatch import (
    CLAIM_PATH,
    CLAIM_SECONDS,
    RESULT_PATH,
    RESULT_SECONDS,
    Claim,
    ClaimAnswer,
    Report,
    decode_answer,
    encode_claim,
    encode_report,
)
from kubeshot_contract.fields import MalformedMessageError

# The service answers after `CLAIM_SECONDS` at the latest; a network may take a moment more.
LATE_SECONDS = 5.0
# The service waits up to 5 s for what it is about to give.
LAST_CLAIM_SECONDS = 8.0
REPORT_TRY_SECONDS = RESULT_SECONDS + 1.0
# Longer than it takes until another operator leads. After that the operator looks at what is stored instead.
REPORT_SECONDS = 120.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 3.0

_UNDERSTOOD = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.CONFLICT})
# Asking again brings the same answer.
_FINAL = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }
)


class RefusedError(Exception):
    """The dispatch service takes nothing from this pod any more."""


class Orders:
    """Speaks over two lines: a claim is held open, and no report waits for it."""

    def __init__(self, access: Access, storage_ca: str | None) -> None:
        """Take the access to the service, and the certificates for the uploads of all jobs."""
        self._claims = DispatchLine(access)
        self._reports = DispatchLine(access)
        self._storage_ca = storage_ca
        self._turn = asyncio.Lock()

    async def claim(self, claim: Claim) -> ClaimAnswer:
        """Return what there is to do; raise `UnansweredError` when nobody says, `RefusedError` when nobody will."""
        answer = await self._answer_to(claim)
        if answer.status != HTTPStatus.OK:
            raise UnansweredError(f"the dispatch service answered a claim with status {answer.status}")
        try:
            return decode_answer(answer.text, self._storage_ca)
        except MalformedMessageError as error:
            raise UnansweredError(str(error)) from error

    async def _answer_to(self, claim: Claim) -> Answer:
        body = encode_claim(claim)
        if claim.free:
            return await self._ask(self._claims, CLAIM_PATH, body, CLAIM_SECONDS + LATE_SECONDS)
        # The last one: the line of the others is cut.
        async with self._turn:
            return await self._ask(self._reports, CLAIM_PATH, body, LAST_CLAIM_SECONDS)

    async def report(self, report: Report) -> None:
        """Return when a report has arrived, or nobody wants it; raise `RefusedError` when nobody will ever take it."""
        body, end = encode_report(report), time.monotonic() + REPORT_SECONDS
        for pause in _pauses():
            try:
                async with self._turn:
                    answer = await self._ask(self._reports, RESULT_PATH, body, REPORT_TRY_SECONDS)
            except UnansweredError as error:
                complaint = str(error)
            else:
                if answer.status in _UNDERSTOOD:
                    return
                complaint = f"status {answer.status}"
                if answer.status in _FINAL:
                    break
            if time.monotonic() + pause > end:
                break
            log.write("report-retry", complaint=complaint)
            await asyncio.sleep(pause)
        log.write("unreported", complaint=complaint)

    def end_claims(self) -> None:
        """Claim nothing more, the open claim included."""
        self._claims.cut()

    async def _ask(self, line: DispatchLine, path: str, body: str, seconds: float) -> Answer:
        answer = await asyncio.to_thread(line.ask, path, body, seconds)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise RefusedError
        return answer


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
