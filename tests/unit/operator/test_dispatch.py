"""The dispatch service over a real socket: who is let in, what is bounded, and what each is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from kubeshot_contract.dispatch import (
    CLAIM_PATH,
    MAX_CLAIM_BYTES,
    MAX_REPORT_BYTES,
    RESULT_PATH,
    Claim,
    JobName,
    Report,
    decode_answer,
    digest_of,
    encode_claim,
    encode_report,
)
from kubeshot_contract.result import CaptureResult
from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.decide.grants import Grant
from kubeshot_operator.decide.lane import Want
from kubeshot_operator.runtime import desk, dispatch
from kubeshot_operator.runtime.desk import Desk
from kubeshot_operator.runtime.dispatch import dispatch_app, dispatch_runner
from kubeshot_operator.runtime.state import State
from unit.operator.builders import (
    KEY,
    NOW,
    UID,
    make_claim,
    make_ended,
    make_request,
    make_result,
    make_running,
    make_state,
    make_status,
    make_waiter,
    make_warm,
    make_warm_class,
)
from unit.operator.fake_buckets import FakeBuckets

TOKEN, WARM_TOKEN = "the token of a pod", "the token of a warm pod"
ISOLATED = make_running(token_digest=digest_of(TOKEN))
WARM = make_warm(token_digest=digest_of(WARM_TOKEN))
CLAIMED = make_request(make_status(Phase.CAPTURING, attempts=(make_claim(),)))
NAME = JobName(UID, 1, 1)
REPORT = encode_report(Report(NAME, make_result()))
CLAIM = encode_claim(Claim(2))


@dataclass
class Service:
    """The service, and what an operator would know."""

    state: State = field(default_factory=make_state)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    leads: bool = True
    address: str = ""
    session: aiohttp.ClientSession = field(init=False)

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator["Service"]:
        """Serve on some port of the loopback interface."""
        self.state.cache.classes.put(make_warm_class())
        app = dispatch_app(self.state.cache, Desk(self.state, self.buckets, lambda: NOW), lambda: self.leads)
        runner = dispatch_runner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as self.session:
                yield self
        finally:
            await runner.cleanup()

    async def post(self, path: str, body: str, token: str | None = WARM_TOKEN) -> tuple[int, str]:
        """Return status and body of the answer."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with self.session.post(self.address + path, data=body.encode(), headers=headers) as answer:
            assert "Server" not in answer.headers
            return answer.status, await answer.text()


def run(test: Callable[[Service], Coroutine[Any, Any, None]]) -> None:
    """Run a test against a service that knows one isolated pod, and one warm pod with a claim."""

    async def main() -> None:
        service = Service()
        service.state.cache.put_pod(ISOLATED)
        service.state.cache.put_pod(WARM)
        service.state.cache.put_request(CLAIMED)
        async with service.serve():
            await test(service)

    asyncio.run(main())


async def kept(service: Service) -> CaptureResult:
    """Do what the pass after a report does, which writes it down; return what was reported."""
    while (told := service.state.reports.get(KEY)) is None:
        await asyncio.sleep(0.01)
    service.state.cache.put_request(
        newer(make_request(make_status(Phase.SUCCEEDED, attempts=(make_claim(end_time=NOW),))))
    )
    service.state.reports.forget(KEY)
    return told


def newer(request: ScreenshotRequest, **changes: Any) -> ScreenshotRequest:
    """Return a later version of a request."""
    return replace(request, resource_version="1000", **changes)


@pytest.mark.parametrize(
    "token", [None, "", "a guess", digest_of(WARM_TOKEN)], ids=["none", "empty", "guess", "digest"]
)
@pytest.mark.parametrize("path", [CLAIM_PATH, RESULT_PATH, "/", "/v1/other", "/healthz"])
def test_nothing_is_said_without_a_token(path: str, token: str | None) -> None:
    async def test(service: Service) -> None:
        for body in (CLAIM, REPORT, "", "x" * 100_000):
            assert await service.post(path, body, token) == (401, "")

    run(test)


@pytest.mark.parametrize("scheme", ["bearer ", "Basic ", "", "Bearer  "])
def test_token_in_another_way_is_none(scheme: str) -> None:
    async def test(service: Service) -> None:
        headers = {"Authorization": f"{scheme}{WARM_TOKEN}"}
        async with service.session.post(service.address + CLAIM_PATH, data=CLAIM, headers=headers) as answer:
            assert answer.status == 401

    run(test)


@pytest.mark.parametrize("path", [CLAIM_PATH, RESULT_PATH])
def test_token_dies_with_its_pod(path: str) -> None:
    async def test(service: Service) -> None:
        ended = make_ended(resource_version="10", token_digest=digest_of(TOKEN))
        service.state.cache.put_pod(ended)
        service.state.cache.drop_pod(WARM.namespace, WARM.name, WARM.uid, 10)
        assert await service.post(path, REPORT, TOKEN) == (401, "")
        assert await service.post(path, CLAIM, WARM_TOKEN) == (401, "")

    run(test)


def test_only_the_leader_answers() -> None:
    async def test(service: Service) -> None:
        service.leads = False
        assert await service.post(CLAIM_PATH, CLAIM) == (421, "")
        assert await service.post(RESULT_PATH, REPORT, TOKEN) == (421, "")
        assert await service.post(RESULT_PATH, REPORT, "a guess") == (401, "")

    run(test)


def test_job_that_is_claimed_is_handed_out_until_it_is_held() -> None:
    async def test(service: Service) -> None:
        for _ in range(2):
            status, text = await service.post(CLAIM_PATH, CLAIM)
            [job] = decode_answer(text).jobs
            assert (status, job.namespace, job.name, job.uid) == (200, "team", "shot", UID)
            assert (job.run, job.attempt, job.deadline_ms) == (1, 1, 60_000)
            assert job.uploads.keys() == {"screenshot"}
        holding = encode_claim(Claim(1, (NAME,)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await service.post(CLAIM_PATH, holding)

    run(test)


def test_job_that_was_told_the_end_of_is_not_handed_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "RESULT_SECONDS", 0.05)

    async def test(service: Service) -> None:
        assert await service.post(RESULT_PATH, REPORT) == (503, "")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await service.post(CLAIM_PATH, CLAIM)

    run(test)


def test_claim_waits_until_there_is_work() -> None:
    async def test(service: Service) -> None:
        service.state.cache.put_request(newer(make_request()))
        claim = asyncio.create_task(service.post(CLAIM_PATH, CLAIM))
        await asyncio.sleep(0.1)
        assert not claim.done()
        service.state.cache.put_request(replace(CLAIMED, resource_version="1001"))
        service.state.bells.ring((WARM.namespace, WARM.name))
        status, text = await claim
        assert (status, [job.uid for job in decode_answer(text).jobs]) == (200, [UID])

    run(test)


def test_newer_claim_of_a_pod_is_answered_instead() -> None:
    async def test(service: Service) -> None:
        service.state.cache.put_request(newer(make_request()))
        older = asyncio.create_task(service.post(CLAIM_PATH, CLAIM))
        await asyncio.sleep(0.1)
        newest = asyncio.create_task(service.post(CLAIM_PATH, CLAIM))
        await asyncio.sleep(0.1)
        service.state.cache.put_request(replace(CLAIMED, resource_version="1001"))
        service.state.bells.ring((WARM.namespace, WARM.name))
        assert len(decode_answer((await newest)[1]).jobs) == 1
        older.cancel()

    run(test)


def test_pod_that_is_about_to_end_gets_what_it_was_given_and_no_more() -> None:
    async def test(service: Service) -> None:
        status, text = await service.post(CLAIM_PATH, encode_claim(Claim(0)))
        answer = decode_answer(text)
        assert (status, [job.uid for job in answer.jobs], answer.drain) == (200, [UID], True)
        status, text = await service.post(CLAIM_PATH, encode_claim(Claim(0, (NAME,))))
        assert (status, decode_answer(text).jobs) == (200, ())
        assert not service.state.line._offers._offers

    run(test)


def test_pod_that_is_about_to_end_waits_for_what_is_being_written() -> None:
    async def test(service: Service) -> None:
        service.state.cache.put_request(newer(make_request()))
        older = asyncio.create_task(service.post(CLAIM_PATH, CLAIM))
        await asyncio.sleep(0.1)
        line = service.state.line
        line.begin(KEY)
        assert isinstance(line.ask(make_waiter(want=Want.PLACE), service.state.cache.load(NOW)), Grant)
        last = asyncio.create_task(service.post(CLAIM_PATH, encode_claim(Claim(0))))
        await asyncio.sleep(0.3)
        assert not last.done()
        service.state.cache.put_request(replace(CLAIMED, resource_version="1001"))
        line.end(KEY, claimed=True)
        service.state.bells.ring((WARM.namespace, WARM.name))
        assert [job.uid for job in decode_answer((await last)[1]).jobs] == [UID]
        older.cancel()

    run(test)


def test_pod_that_is_outdated_gets_what_it_was_given_all_the_same() -> None:
    async def test(service: Service) -> None:
        service.state.cache.classes.put(replace(make_warm_class(), generation=2))
        _, text = await service.post(CLAIM_PATH, encode_claim(Claim(0)))
        assert [job.uid for job in decode_answer(text).jobs] == [UID]

    run(test)


def test_pod_that_hangs_up_asks_for_no_work_any_more() -> None:
    async def test(service: Service) -> None:
        service.state.cache.put_request(newer(make_request()))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await service.post(CLAIM_PATH, CLAIM)
        for _ in range(100):
            if not service.state.line._offers._offers:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it is still offered work")

    run(test)


def test_pod_that_is_outdated_is_told_to_drain() -> None:
    async def test(service: Service) -> None:
        service.state.cache.classes.put(replace(make_warm_class(), generation=2))
        status, text = await service.post(CLAIM_PATH, CLAIM)
        assert (status, decode_answer(text).drain) == (200, True)

    run(test)


def test_pod_that_is_to_end_may_still_say_what_it_has_done() -> None:
    async def test(service: Service) -> None:
        service.state.cache.pods.mark_deleting((WARM.namespace, WARM.name))
        assert decode_answer((await service.post(CLAIM_PATH, CLAIM))[1]).drain
        answer, _ = await asyncio.gather(service.post(RESULT_PATH, REPORT), kept(service))
        assert answer == (204, "")

    run(test)


def test_pod_of_one_attempt_claims_nothing() -> None:
    async def test(service: Service) -> None:
        assert await service.post(CLAIM_PATH, CLAIM, TOKEN) == (401, "")

    run(test)


PODS = pytest.mark.parametrize(
    ("token", "status"), [(TOKEN, 204), (WARM_TOKEN, 503)], ids=["a pod of its own", "a warm pod"]
)


@PODS
def test_result_is_taken_in_however_often_it_is_told(token: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "RESULT_SECONDS", 0.05)

    async def test(service: Service) -> None:
        if token == TOKEN:
            service.state.cache.put_request(newer(make_request()))
        for _ in range(3):
            assert await service.post(RESULT_PATH, REPORT, token) == (status, ""), "a warm pod may forget what is kept"
        assert service.state.reports.get(KEY) == make_result()
        done = make_status(Phase.SUCCEEDED, attempts=(make_claim(end_time=NOW),))
        service.state.reports.forget(KEY)
        service.state.cache.put_request(replace(make_request(done), resource_version="1001"))
        assert await service.post(RESULT_PATH, REPORT, token) == (204, "")
        assert service.state.reports.get(KEY) is None, "it is known from the status"

    run(test)


def test_a_warm_pod_hears_that_its_report_has_arrived_when_it_is_kept() -> None:
    async def test(service: Service) -> None:
        telling = asyncio.create_task(service.post(RESULT_PATH, REPORT))
        again = asyncio.create_task(service.post(RESULT_PATH, REPORT))
        await asyncio.sleep(0.1)
        assert not telling.done()
        service.state.reports.forget(KEY)
        assert await telling == await again == (204, "")

    run(test)


OTHER = make_request(
    make_status(Phase.CAPTURING, attempts=(make_claim(),)), namespace="other", name="theirs", uid="uid of theirs"
)
OF_OTHERS = [
    (TOKEN, JobName("uid of theirs", 1, 1), 401),
    (TOKEN, JobName(UID, 2, 1), 401),
    (TOKEN, JobName(UID, 1, 2), 401),
    (WARM_TOKEN, JobName("uid of theirs", 1, 1), 409),
    (WARM_TOKEN, JobName("uid of nobody", 1, 1), 409),
    (WARM_TOKEN, JobName(UID, 2, 1), 409),
    (WARM_TOKEN, JobName(UID, 1, 2), 409),
]


@pytest.mark.parametrize(("token", "name", "status"), OF_OTHERS)
def test_nobody_reports_for_another(token: str, name: JobName, status: int) -> None:
    async def test(service: Service) -> None:
        service.state.cache.put_request(OTHER)
        report = Report(name, make_result(run=name.run, attempt=name.attempt))
        assert await service.post(RESULT_PATH, encode_report(report), token) == (status, "")
        assert service.state.reports.get(KEY) is None
        assert service.state.reports.get(Key("other", "theirs")) is None

    run(test)


def test_result_of_a_run_that_is_over_is_not_waited_for() -> None:
    async def test(service: Service) -> None:
        service.state.cache.put_request(newer(CLAIMED, generation=2))
        assert await service.post(RESULT_PATH, REPORT, TOKEN) == (409, "")
        assert await service.post(RESULT_PATH, REPORT, WARM_TOKEN) == (409, "")

    run(test)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (CLAIM_PATH, "", 400),
        (CLAIM_PATH, REPORT, 400),
        (RESULT_PATH, CLAIM, 400),
        (CLAIM_PATH, "[" * 4000, 400),
        (CLAIM_PATH, "x" * (MAX_CLAIM_BYTES + 1), 413),
        (RESULT_PATH, "x" * (MAX_REPORT_BYTES + 1), 413),
        (RESULT_PATH, "x" * 1_000_000, 413),
        ("/v1/other", "", 404),
    ],
    ids=["nothing", "a report", "a claim", "hostile", "large claim", "large report", "very large report", "elsewhere"],
)
def test_what_is_not_agreed_on_is_refused(path: str, body: str, status: int) -> None:
    async def test(service: Service) -> None:
        try:
            assert (await service.post(path, body))[0] == status
        except aiohttp.ClientConnectionError:
            assert len(body) == 1_000_000, "the service hangs up on those that go on"

    run(test)


def test_body_that_does_not_say_how_long_it_is_has_the_same_bounds() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * MAX_REPORT_BYTES

    async def test(service: Service) -> None:
        headers = {"Authorization": f"Bearer {WARM_TOKEN}"}
        with contextlib.suppress(aiohttp.ClientConnectionError):
            async with service.session.post(service.address + CLAIM_PATH, data=chunks(), headers=headers) as answer:
                assert answer.status == 413

    run(test)


def test_service_that_cannot_say_for_now_says_so() -> None:
    def away(_: str) -> None:
        raise UnavailableError("the API server is away")

    async def test(service: Service) -> None:
        service.buckets.interfere = away
        assert await service.post(CLAIM_PATH, CLAIM) == (503, "")

    run(test)


def test_job_waits_for_the_bucket_it_is_to_be_stored_in() -> None:
    async def test(service: Service) -> None:
        service.buckets.problem = "away"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await service.post(CLAIM_PATH, CLAIM)

    run(test)


def test_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_BODY_SECONDS", 0.1)

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    async def test(service: Service) -> None:
        headers = {"Authorization": f"Bearer {WARM_TOKEN}"}
        async with service.session.post(service.address + RESULT_PATH, data=never(), headers=headers) as answer:
            assert answer.status == 408

    run(test)
