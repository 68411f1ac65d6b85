"""A pod's own lines and the operator's own service understand each other, over a real socket."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from kubeshot_capture.announcement import Announcement
from kubeshot_capture.dispatch import Access, DispatchLine
from kubeshot_capture.warm.orders import Orders, RefusedError
from kubeshot_contract.dispatch import CLAIM_PATH, Claim, Report, encode_claim
from kubeshot_operator.decide.pod import PodPlan, build_job
from kubeshot_operator.runtime import desk
from unit.operator.builders import KEY, make_request, make_result, make_warm_class
from unit.operator.test_dispatch import CLAIMED, NAME, TOKEN, WARM_TOKEN, Service, kept, run


def access(service: Service, token: str) -> Access:
    """Return what a pod with this token was given."""
    host, _, port = service.address.removeprefix("http://").partition(":")
    return Access(host, int(port), token)


def speak(test: Callable[[Service, Orders], Coroutine[Any, Any, None]], token: str = WARM_TOKEN) -> None:
    """Run a test with the orders of a warm pod that has this token."""

    async def main(service: Service) -> None:
        orders = Orders(access(service, token), "PEM of the class")
        await test(service, orders)
        # A pod leaves that to its end.
        orders._claims.close()
        orders._reports.close()

    run(main)


def test_warm_pod_gets_its_job_and_tells_its_end() -> None:
    async def test(service: Service, orders: Orders) -> None:
        answer = await orders.claim(Claim(2))
        [job] = answer.jobs
        plan = PodPlan(CLAIMED, make_warm_class(), 1, 1, 0)
        assert replace(job, uploads={}) == replace(build_job(plan, {}), storage_ca="PEM of the class")
        assert job.uploads["screenshot"].url == "http://minio.storage:9000/shots"
        told = asyncio.create_task(orders.report(Report(NAME, make_result())))
        assert await kept(service) == make_result()
        await told

    speak(test)


def test_warm_pod_tells_again_what_could_not_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "RESULT_SECONDS", 0.05)

    async def test(service: Service, orders: Orders) -> None:
        told = asyncio.create_task(orders.report(Report(NAME, make_result())))
        await asyncio.sleep(0.5)
        assert not told.done()
        await kept(service)
        await told

    speak(test)


def test_warm_pod_with_a_token_that_is_no_longer_good_is_refused() -> None:
    async def test(_: Service, orders: Orders) -> None:
        with pytest.raises(RefusedError):
            await orders.claim(Claim(1))
        with pytest.raises(RefusedError):
            await orders.report(Report(NAME, make_result()))

    speak(test, "the token of a pod that is gone")


def test_pod_of_one_attempt_announces_its_result() -> None:
    async def test(service: Service) -> None:
        service.state.cache.put_request(replace(make_request(), resource_version="1000"))
        line = DispatchLine(access(service, TOKEN))
        announcement = Announcement(line, NAME, make_result())
        await asyncio.to_thread(announcement.wait)
        assert service.state.reports.get(KEY) == make_result()

    run(test)


def test_pod_that_asks_one_that_does_not_lead_is_told_so() -> None:
    async def test(service: Service) -> None:
        service.leads = False
        line = DispatchLine(access(service, WARM_TOKEN))
        with pytest.raises(Exception, match="not the leader"):
            await asyncio.to_thread(line.ask, CLAIM_PATH, encode_claim(Claim(1)), 2.0)
        line.close()

    run(test)
