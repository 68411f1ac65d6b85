"""The operator's dispatch service as its contract tells it: jobs in a line, claims that wait for them, and reports."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kubeshot_contract.dispatch import (
    AUTHORIZATION_HEADER,
    AUTHORIZATION_SCHEME,
    CLAIM_PATH,
    Claim,
    ClaimAnswer,
    Report,
    decode_claim,
    decode_report,
    encode_answer,
)
from kubeshot_contract.job import CaptureJob
from kubeshot_contract.result import CaptureResult

TOKEN = "a-token-that-nobody-may-see"
HOLD_SECONDS = 1.0


class Handler(BaseHTTPRequestHandler):
    """Answers claims and results."""

    protocol_version = "HTTP/1.1"
    server: "DispatchServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(self.path)
        if self.headers[AUTHORIZATION_HEADER] != AUTHORIZATION_SCHEME + self.server.token:
            return self._send(401)
        if self.server.statuses:
            return self._send(self.server.statuses.pop(0))
        if self.path == CLAIM_PATH:
            return self._send(200, encode_answer(self.server.hand_out(decode_claim(body))))
        self.server.take_in(decode_report(body))
        return self._send(204)

    def _send(self, status: int, text: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class DispatchServer(ThreadingHTTPServer):
    """Hands out `jobs`; `statuses` are the answers to the next questions, whatever they are."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, jobs: Sequence[CaptureJob] = (), port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.token = TOKEN
        self.jobs = list(jobs)
        self.statuses: list[int] = []
        self.asked: list[str] = []
        self.claims: list[Claim] = []
        self.reports: list[Report] = []
        self.drain = False
        self._changed = threading.Condition()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer; a pod that ends hangs up."""
        with suppress(ConnectionError):
            super().finish_request(request, client_address)

    @property
    def service(self) -> str:
        """Its host and port. The name has an address of version 6 too, at most systems, where nobody listens."""
        return f"localhost:{self.server_port}"

    def add(self, *jobs: CaptureJob) -> None:
        """Put jobs into the line."""
        with self._changed:
            self.jobs += jobs
            self._changed.notify_all()

    def dismiss(self) -> None:
        """Tell whoever claims to end."""
        with self._changed:
            self.drain = True
            self._changed.notify_all()

    def hand_out(self, claim: Claim) -> ClaimAnswer:
        """Return the next jobs, or none when none come in time."""
        with self._changed:
            self.claims.append(claim)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.jobs or self.drain, timeout=HOLD_SECONDS)
            jobs, self.jobs = self.jobs[: claim.free], self.jobs[claim.free :]
            return ClaimAnswer(tuple(jobs), self.drain)

    def take_in(self, report: Report) -> None:
        """Keep a report."""
        with self._changed:
            self.reports.append(report)
            self._changed.notify_all()

    def wait_for(self, reports: int, within: float = 60.0) -> None:
        """Wait until so many reports have come."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.reports) >= reports, within), "the reports did not come"

    def wait_for_claim(self, within: float = 60.0) -> None:
        """Wait until somebody has asked for a job."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.claims, within), "nobody claimed"

    def result(self, uid: str) -> CaptureResult:
        """Return the one result of a request."""
        [found] = [report.result for report in self.reports if report.name.uid == uid]
        return found


@contextmanager
def dispatching(*jobs: CaptureJob) -> Iterator[DispatchServer]:
    """Run a dispatch service with these jobs."""
    with DispatchServer(jobs) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
