"""A pod's token is good for the work of its namespace and class, as long as the pod is there, and for nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from e2e.classes import Change, MakeClass, unchanged
from e2e.eventually import eventually
from e2e.kubectl import Kubectl, Object
from e2e.space import MakeSpace, Shot, Space, is_running
from e2e.warm import pods_of, run_inside, token_of, until_no_pods, warm
from e2e.website import Website
from kubeshot_contract.dispatch import (
    CLAIM_PATH,
    RESULT_PATH,
    Claim,
    ClaimAnswer,
    JobName,
    Report,
    decode_answer,
    encode_claim,
    encode_report,
)
from unit.contract.make import make_result

HOST, PORT = "kubeshot-dispatch.kubeshot-system.svc", 8444
GATE = "tenants"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the dispatch service said."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Intruder:
    """Somebody in the cluster who speaks to the dispatch service from a pod that is none of ours."""

    site: Website

    def ask(self, path: str, body: str, token: str | None) -> Answer:
        """Send a body with a token, or without one."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        asked: list[Any] = [HOST, PORT, path, headers, body]
        return Answer(*run_inside(self.site.kubectl, self.site.namespace, "deployment/site", "ask", asked))

    def claim(self, token: str) -> ClaimAnswer:
        """Claim as much as a pod may, as if it had nothing at hand."""
        answer = self.ask(CLAIM_PATH, encode_claim(Claim(8)), token)
        assert answer.status == 200, answer
        return decode_answer(answer.text)

    def report(self, shot: Shot, token: str) -> Answer:
        """Say that an attempt at a request went well: the one that is under way, or else the first."""
        run, attempt = int(shot.status["run"]), int(shot.attempts[-1]["index"]) if shot.attempts else 1
        result = make_result(run=run, attempt=attempt, failure=None)
        return self.ask(RESULT_PATH, encode_report(Report(JobName(shot.uid, run, attempt), result)), token)


@dataclass(frozen=True, slots=True)
class Tenants:
    """Requests that are under way: three in warm pods of two namespaces and two classes, and one in a pod of its own.

    One more waits in the other namespace.
    """

    mine: Shot
    other_class: Shot
    other_namespace: Shot
    waiting: Shot
    alone: Shot

    @property
    def all(self) -> list[Shot]:
        """Every request."""
        return [self.mine, self.other_class, self.other_namespace, self.waiting, self.alone]


def token_for(shot: Shot) -> str:
    """Return the token of the pod that has a request."""
    return token_of(shot.space.pod_states(shot.attempts[-1]["podName"])[-1])


@pytest.fixture(scope="module")
def intruder(site: Website) -> Intruder:
    """Return somebody who asks from the site's pod."""
    return Intruder(site)


def patient(change: Change) -> Change:
    """Return a change that also gives each attempt more time than all of these tests take."""

    def changed(spec: Object) -> None:
        change(spec)
        spec["limits"]["attemptTimeout"] = "3m"

    return changed


@pytest.fixture(scope="module")
def tenants(make_space: MakeSpace, site: Website, make_class: MakeClass) -> Iterator[Tenants]:
    """Requests that stay under way until the tests are over, and must end well then."""
    site.close(GATE)
    small = patient(warm(maxPods=1, pages=1))
    one, two, own = make_class(small), make_class(small), make_class(patient(unchanged))
    here, there = make_space(), make_space()

    def spec(class_name: str) -> dict[str, Any]:
        return {"url": site.url(f"/gate/{GATE}"), "captureClassName": class_name, "wait": {"timeout": "2m"}}

    shots = here.requests({"mine": spec(one), "other-class": spec(two), "alone": spec(own)})
    shots |= there.requests({"other-namespace": spec(one)})
    for shot in shots.values():
        shot.until("Capturing").until_pod(is_running)
    waiting = there.requests({"waiting": spec(one)})["waiting"].until("Queued")
    made = Tenants(shots["mine"], shots["other-class"], shots["other-namespace"], waiting, shots["alone"])
    yield made
    site.open(GATE)
    for shot in made.all:
        shot.until("Succeeded", within=90)
        assert (shot.status["run"], len(shot.attempts)) == (1, 1)
    for space in (here, there):
        until_no_pods(space)


def test_a_claim_brings_the_work_of_its_own_pod_and_no_other(tenants: Tenants, intruder: Intruder) -> None:
    answer = intruder.claim(token_for(tenants.mine))
    assert [(job.namespace, job.name) for job in answer.jobs] == [(tenants.mine.space.namespace, "mine")]


@pytest.mark.parametrize("whose", ["other_class", "other_namespace", "waiting", "alone"])
def test_a_warm_pod_has_no_say_in_the_work_of_others(tenants: Tenants, intruder: Intruder, whose: str) -> None:
    answer = intruder.report(getattr(tenants, whose), token_for(tenants.mine))
    assert answer == Answer(409, "")


@pytest.mark.parametrize("whose", ["mine", "other_namespace", "waiting"])
def test_a_pod_of_its_own_has_no_say_in_the_work_of_others(tenants: Tenants, intruder: Intruder, whose: str) -> None:
    answer = intruder.report(getattr(tenants, whose), token_for(tenants.alone))
    assert answer == Answer(401, "")


def test_a_pod_of_its_own_claims_nothing(tenants: Tenants, intruder: Intruder) -> None:
    assert intruder.ask(CLAIM_PATH, encode_claim(Claim(8)), token_for(tenants.alone)) == Answer(401, "")


@pytest.mark.parametrize("token", [None, "", "not-a-token"], ids=["none", "an empty one", "a wrong one"])
@pytest.mark.parametrize("path", [CLAIM_PATH, RESULT_PATH, "/"])
def test_who_has_no_token_is_told_nothing(intruder: Intruder, tenants: Tenants, path: str, token: str | None) -> None:
    assert intruder.ask(path, encode_claim(Claim(8)), token) == Answer(401, "")


def test_neither_browser_nor_driver_have_the_token(kubectl: Kubectl, tenants: Tenants) -> None:
    shot = tenants.mine
    found = run_inside(kubectl, shot.space.namespace, pods_of(shot)[-1], "who_has", token_for(shot))
    has = {name: [item for item in found if item["name"].startswith(name)] for name in ("python", "node", "chrom")}
    # What could not be found would prove nothing.
    assert [item["environment"] for item in has["python"]] == [True]
    assert [item["environment"] for item in has["node"]] == [False]
    assert False in [item["environment"] for item in has["chrom"]]
    assert True not in [item["environment"] for item in has["chrom"]]
    assert [item for item in found if item["commandLine"]] == []


# The pod is idle in between, and would give its place to what another test asks for.
@pytest.mark.alone
def test_the_token_of_a_pod_that_is_gone_is_refused(
    kubectl: Kubectl, space: Space, site: Website, make_class: MakeClass, intruder: Intruder
) -> None:
    name = make_class(warm(idleTimeout="60s"))
    shot = space.request("short", site.url("/good?of=stolen"), captureClassName=name).until("Succeeded")
    [pod], token = pods_of(shot), token_for(shot)
    # A pod that is known is told that nobody waits for its report: the request is at rest.
    eventually(lambda: intruder.report(shot, token) == Answer(409, ""), within=20, what="the report comes too late")
    kubectl.run("delete", "pod", pod, "-n", space.namespace, "--grace-period=0", "--force", "--wait=false")
    eventually(lambda: pod not in space.pods_now(), within=20, what="the pod is gone")
    refused = Answer(401, "")
    eventually(lambda: intruder.report(shot, token) == refused, within=20, what="the report is refused")
    assert intruder.ask(CLAIM_PATH, encode_claim(Claim(8)), token) == refused
