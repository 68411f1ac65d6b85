"""The cluster: what holds for the fake and for a real API server, and what only a real one can show."""

import asyncio
import base64
import json
import os
import secrets
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from e2e.eventually import eventually
from e2e.kubectl import Kubectl, from_environment
from kubeshot_operator.adapters import kubernetes as adapter
from kubeshot_operator.adapters.connection import Connection, open_session
from kubeshot_operator.adapters.errors import ConflictError, GoneError, NameTakenError, RefusedError, UnavailableError
from kubeshot_operator.adapters.kubernetes import KubernetesAPI
from kubeshot_operator.api import crd
from kubeshot_operator.api.announcement import Announcement, EventType
from kubeshot_operator.api.api_call import ApiCall
from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.api.lease import Lease, parse_lease, render_lease
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.parse import parse_request
from kubeshot_operator.api.parse_pod import parse_pod
from kubeshot_operator.decide.leadership import Terms
from kubeshot_operator.decide.pod import PodPlan, build_pod
from kubeshot_operator.decide.pod_body import Access
from kubeshot_operator.runtime.lease import Clocks, Leadership, Replica
from kubeshot_operator.runtime.ports import Cluster, Leases
from unit.contract.make import raw_spec
from unit.operator.builders import MEBIBYTE, NOW, after, make_class, make_form, raw_request
from unit.operator.fake_cluster import FakeCluster
from unit.operator.fake_leases import FakeLeases
from unit.operator.virtual_time import run_virtually

Raw = dict[str, Any]
Result = TypeVar("Result")
Call = Callable[[Cluster], Awaitable[Result]]

# The operator that may run in this cluster lets a suspended request be, and sees no pod without its label.
SUSPENDED = raw_spec(suspend=True)
NOT_MANAGED = "integration-test"
# Not our own finalizer, which it would take off.
BOTH = ("example.com/theirs", "example.com/others")
ACCESS = Access("kubeshot-dispatch.kubeshot-system.svc:8444", "a token")


@dataclass
class FakeGround:
    """A cluster in memory."""

    namespace: str = "team"
    cluster: FakeCluster = field(default_factory=FakeCluster)
    leases: FakeLeases = field(default_factory=FakeLeases)
    applied: int = 0

    def run(self, call: Call[Result]) -> Result:
        """Make calls to the cluster."""

        async def main() -> Result:
            return await call(self.cluster)

        return run_virtually(main)

    def run_leases(self, call: Callable[[Leases], Awaitable[Result]]) -> Result:
        """Make calls about the Lease."""

        async def main() -> Result:
            return await call(self.leases)

        return run_virtually(main)

    def apply(self) -> ScreenshotRequest:
        """Apply a request, or change the one that is there; return it."""
        self.applied += 1
        body = raw_request({**SUSPENDED, "deadline": f"{self.applied + 5}m"})
        key = self.cluster.apply_request(body)
        return parse_request(self.cluster.requests[key])

    def delete(self) -> None:
        """Delete the request."""

        async def remove() -> None:
            self.cluster.remove_request(Key("team", "shot"))

        run_virtually(remove)

    def look(self) -> ScreenshotRequest | None:
        """Return the request as it is, if it is there."""
        body = self.cluster.requests.get(Key("team", "shot"))
        return None if body is None else parse_request(body)

    def allow_pods(self, count: int) -> None:
        """Set a quota."""
        self.cluster.quotas[self.namespace] = count


@dataclass
class RealGround:
    """A namespace of a real cluster."""

    kubectl: Kubectl
    namespace: str
    applied: int = 0

    def run(self, call: Callable[[KubernetesAPI], Awaitable[Result]]) -> Result:
        """Make calls to the cluster."""

        async def main() -> Result:
            connection = connection_of(self.kubectl.kubeconfig)
            async with open_session(connection, "integration-tests", lambda _: None) as session:
                return await call(KubernetesAPI(session, connection.server))

        return asyncio.run(main())

    def run_leases(self, call: Callable[[Leases], Awaitable[Result]]) -> Result:
        """Make calls about the Lease."""
        return self.run(call)

    def apply(self) -> ScreenshotRequest:
        """Apply a request, or change the one that is there; return it."""
        self.applied += 1
        body = raw_request({**SUSPENDED, "deadline": f"{self.applied + 5}m"})
        body["metadata"] = {"namespace": self.namespace, "name": "shot"}
        del body["status"]
        self.kubectl.apply(body)
        return parse_request(self.kubectl.get(crd.REQUESTS, "shot", "-n", self.namespace))

    def delete(self) -> None:
        """Delete the request."""
        self.kubectl.run("delete", crd.REQUESTS, "shot", "-n", self.namespace, "--wait=false")

    def look(self) -> ScreenshotRequest | None:
        """Return the request as it is, if it is there."""
        found = self.kubectl.items(crd.REQUESTS, "-n", self.namespace)
        return parse_request(found[0]) if found else None

    def allow_pods(self, count: int) -> None:
        """Set a quota, and wait until it is in force."""
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "pods", "namespace": self.namespace}}
        self.kubectl.apply({**quota, "spec": {"hard": {"pods": str(count)}}})
        eventually(
            lambda: "used" in self.kubectl.get("resourcequota", "pods", "-n", self.namespace).get("status", {}),
            within=20,
            what="the quota is in force",
        )


Ground = FakeGround | RealGround


def connection_of(kubeconfig: Path) -> Connection:
    """Return the connection that this kubeconfig of client certificates describes."""
    config = json.loads(kubeconfig.read_text("utf-8"))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    pair = kubeconfig.parent / f"integration-{os.getpid()}.pem"
    pair.touch(0o600)
    try:
        parts = (base64.b64decode(user[f"client-{name}-data"]) for name in ("certificate", "key"))
        pair.write_bytes(b"\n".join(parts))
        tls.load_cert_chain(pair)
    finally:
        pair.unlink()
    return Connection(cluster["server"], tls, dict)


@pytest.fixture(scope="session")
def kubectl() -> Kubectl:
    """Return kubectl for the cluster that is up, with the CRDs of this checkout."""
    cluster = from_environment(os.environ)
    cluster.run("apply", "-k", "crds")
    cluster.run("wait", "--for=condition=Established", "--timeout=30s", "-f", "crds/screenshotrequests.yaml")
    return cluster


@pytest.fixture
def real(kubectl: Kubectl) -> Iterator[RealGround]:
    """Return a new namespace in which pods can be created."""
    namespace = f"it-{secrets.token_hex(4)}"
    kubectl.run("create", "namespace", namespace)
    try:
        eventually(
            lambda: kubectl.exists("serviceaccount", "default", "-n", namespace),
            within=30,
            what="the namespace has its service account",
        )
        yield RealGround(kubectl, namespace)
    finally:
        # Nobody takes off what is only ours: the namespace would stay, and with it the CRD when somebody deletes that.
        for request in kubectl.items(crd.REQUESTS, "-n", namespace):
            free = '--patch={"metadata": {"finalizers": null}}'
            kubectl.run("patch", crd.REQUESTS, request["metadata"]["name"], "-n", namespace, "--type=merge", free)
        kubectl.run("delete", "namespace", namespace, "--wait=false")


@pytest.fixture(params=["fake", "real"])
def ground(request: pytest.FixtureRequest) -> Ground:
    """Return each of the two."""
    found: Ground = FakeGround() if request.param == "fake" else request.getfixturevalue("real")
    return found


def pod_of(request: ScreenshotRequest, attempt: int = 1) -> Raw:
    """Return a pod of a request that no node takes and no operator looks at."""
    capture_class = make_class(pod={"nodeSelector": {"kubeshot.dev/integration": "nowhere"}})
    pod = build_pod(PodPlan(request, capture_class, 1, attempt, 64 * MEBIBYTE), {"screenshot": make_form()}, ACCESS)
    pod["spec"]["containers"][0]["resources"]["requests"] = {"memory": "16Mi"}
    pod["metadata"]["labels"][crd.MANAGED_BY_LABEL] = NOT_MANAGED
    return pod


async def is_gone_soon(cluster: Cluster, namespace: str, name: str) -> bool:
    """Say whether a pod disappears within some seconds."""
    for _ in range(100):
        try:
            await cluster.get_pod(namespace, name)
        except GoneError:
            return True
        await asyncio.sleep(0.1)
    return False


class TestCluster:
    """The port: what every implementation does."""

    def test_pod_is_created_as_it_was_built(self, ground: Ground) -> None:
        request = ground.apply()
        pod = pod_of(request)
        made = ground.run(lambda cluster: cluster.create_pod(ground.namespace, pod))
        parsed = parse_pod(made)
        assert isinstance(parsed, CapturePod)
        assert (parsed.request_uid, parsed.phase, parsed.memory_limit) == (request.uid, "Pending", 64 * MEBIBYTE)
        assert made["spec"]["containers"][0]["env"] == pod["spec"]["containers"][0]["env"]

    def test_pod_that_exists_can_be_adopted(self, ground: Ground) -> None:
        pod = pod_of(ground.apply())

        async def calls(cluster: Cluster) -> tuple[Raw, Raw]:
            made = await cluster.create_pod(ground.namespace, pod)
            with pytest.raises(NameTakenError):
                await cluster.create_pod(ground.namespace, pod)
            return made, await cluster.get_pod(ground.namespace, pod["metadata"]["name"])

        made, found = ground.run(calls)
        assert found["metadata"]["uid"] == made["metadata"]["uid"]

    def test_deleted_pod_is_gone_and_deleting_it_again_is_no_error(self, ground: Ground) -> None:
        pod = pod_of(ground.apply())
        name = pod["metadata"]["name"]

        async def calls(cluster: Cluster) -> bool:
            await cluster.create_pod(ground.namespace, pod)
            await cluster.delete_pod(ground.namespace, name)
            await cluster.delete_pod(ground.namespace, name)
            gone = await is_gone_soon(cluster, ground.namespace, name)
            await cluster.delete_pod(ground.namespace, name)
            return gone

        assert ground.run(calls)

    def test_quota_is_told_as_such(self, ground: Ground) -> None:
        request = ground.apply()
        ground.allow_pods(1)

        async def calls(cluster: Cluster) -> RefusedError:
            await cluster.create_pod(ground.namespace, pod_of(request))
            with pytest.raises(RefusedError, match="exceeded quota") as caught:
                await cluster.create_pod(ground.namespace, pod_of(request, attempt=2))
            return caught.value

        assert ground.run(calls).status == 403

    def test_pod_that_is_missing_is_gone(self, ground: Ground) -> None:
        async def calls(cluster: Cluster) -> None:
            with pytest.raises(GoneError):
                await cluster.get_pod(ground.namespace, "nothing")

        ground.run(calls)

    def test_patch_changes_what_it_names_only(self, ground: Ground) -> None:
        first = patched(ground)
        assert first.status.storage_key == "a/b"
        assert first.status.observed_generation != 0

    def test_patch_of_an_older_version_is_a_conflict(self, ground: Ground) -> None:
        older = ground.apply()
        ground.apply()

        async def calls(cluster: Cluster) -> None:
            with pytest.raises(ConflictError):
                await patch_key(cluster, older)

        ground.run(calls)

    def test_patch_of_the_one_before_of_that_name_is_a_conflict(self, ground: Ground) -> None:
        before = ground.apply()
        ground.delete()
        ground.apply()

        async def calls(cluster: Cluster) -> None:
            with pytest.raises(ConflictError):
                await patch_key(cluster, before)

        ground.run(calls)

    def test_patch_of_a_deleted_request_finds_it_gone(self, ground: Ground) -> None:
        request = ground.apply()
        ground.delete()

        async def calls(cluster: Cluster) -> None:
            with pytest.raises(GoneError):
                await patch_key(cluster, request)

        ground.run(calls)

    def test_finalizers_are_those_that_were_set(self, ground: Ground) -> None:
        request = ground.apply()
        held = parse_request(as_it_is(ground, partial(set_finalizers, finalizers=BOTH)))
        assert held.finalizers == BOTH
        assert (held.generation, held.spec) == (request.generation, request.spec), "a finalizer is no new spec"

    def test_finalizers_of_an_older_version_are_a_conflict(self, ground: Ground) -> None:
        older = ground.apply()
        as_it_is(ground, partial(set_finalizers, finalizers=BOTH[:1]))

        async def calls(cluster: Cluster) -> None:
            with pytest.raises(ConflictError):
                await cluster.set_finalizers(older, BOTH[1:])

        ground.run(calls)
        found = ground.look()
        assert found is not None
        assert found.finalizers == BOTH[:1]

    def test_deleted_request_is_there_until_its_last_finalizer_goes(self, ground: Ground) -> None:
        ground.apply()
        as_it_is(ground, partial(set_finalizers, finalizers=BOTH))
        ground.delete()
        for rest in (BOTH[:1], ()):
            found = ground.look()
            assert found is not None
            assert found.deleting
            as_it_is(ground, partial(set_finalizers, finalizers=rest))
        assert ground.look() is None

    def test_request_is_deleted_as_it_was_read(self, ground: Ground) -> None:
        request = ground.apply()
        as_it_is(ground, delete_request)
        assert ground.look() is None
        ground.run(partial(delete_request, request=request))

    def test_request_that_changed_meanwhile_is_not_deleted(self, ground: Ground) -> None:
        older = ground.apply()
        ground.apply()
        refuses_to_delete(ground, older)

    def test_request_that_took_the_name_of_another_is_not_deleted(self, ground: Ground) -> None:
        before = ground.apply()
        ground.delete()
        ground.apply()
        refuses_to_delete(ground, before)

    def test_event_is_recorded(self, ground: Ground) -> None:
        request = ground.apply()
        announcement = Announcement(EventType.NORMAL, "Captured", "1 image is stored")
        ground.run(lambda cluster: cluster.create_event(request, announcement, NOW))
        if isinstance(ground, FakeGround):
            assert ground.cluster.events == [(request.key, announcement)]
        else:
            events = ground.kubectl.items("events", "-n", ground.namespace, "--field-selector=reason=Captured")
            (event,) = (event for event in events if event["source"]["component"] == "kubeshot-operator")
            assert (event["involvedObject"]["uid"], event["message"]) == (request.uid, "1 image is stored")


def refuses_to_delete(ground: Ground, older: ScreenshotRequest) -> None:
    async def calls(cluster: Cluster) -> None:
        with pytest.raises(ConflictError):
            await cluster.delete_request(older)

    ground.run(calls)
    assert ground.look() is not None


def as_it_is(ground: Ground, call: Callable[..., Awaitable[Result]]) -> Result:
    """Make a call about the request as it is, in spite of an operator that may write to it too."""
    for _ in range(10):
        request = ground.look()
        assert request is not None
        try:
            return ground.run(partial(call, request=request))
        except ConflictError:
            continue
    raise AssertionError("somebody else wrote ten times in a row")


async def set_finalizers(cluster: Cluster, request: ScreenshotRequest, finalizers: tuple[str, ...]) -> Raw:
    """Give a request these finalizers."""
    return await cluster.set_finalizers(request, finalizers)


async def delete_request(cluster: Cluster, request: ScreenshotRequest) -> None:
    """Delete a request."""
    await cluster.delete_request(request)


def patched(ground: Ground) -> ScreenshotRequest:
    """Patch a status, in spite of an operator that may write it too."""
    for _ in range(10):
        request = ground.apply()
        try:
            version = ground.run(partial(patch_key, request=request))
        except ConflictError:
            continue
        found = ground.look()
        if found is not None and found.resource_version == version:
            return found
    raise AssertionError("somebody else wrote ten times in a row")


async def patch_key(cluster: Cluster, request: ScreenshotRequest) -> str:
    """Write a key into a status; return the version of the request that it makes."""
    return await cluster.patch_status(request, {"storageKey": "a/b"})


class TestLeases:
    """The port: what every implementation does, and what comes of it."""

    def test_lease_is_made_read_and_replaced(self, ground: Ground) -> None:
        async def calls(leases: Leases) -> tuple[Lease, Raw]:
            with pytest.raises(GoneError):
                await leases.read_lease(ground.namespace, crd.LEASE_NAME)
            made = parse_lease(await leases.write_lease(ground.namespace, lease_of(ground, "first")))
            changed = replace(made, holder="second", transitions=1)
            await leases.write_lease(ground.namespace, render_lease(changed, ground.namespace))
            return made, await leases.read_lease(ground.namespace, crd.LEASE_NAME)

        made, found = ground.run_leases(calls)
        assert parse_lease(found) == replace(
            made, holder="second", transitions=1, version=found["metadata"]["resourceVersion"]
        )

    def test_lease_is_made_once(self, ground: Ground) -> None:
        async def calls(leases: Leases) -> None:
            await leases.write_lease(ground.namespace, lease_of(ground, "first"))
            with pytest.raises(NameTakenError):
                await leases.write_lease(ground.namespace, lease_of(ground, "second"))

        ground.run_leases(calls)

    def test_lease_that_has_changed_is_not_replaced(self, ground: Ground) -> None:
        async def calls(leases: Leases) -> None:
            made = await leases.write_lease(ground.namespace, lease_of(ground, "first"))
            renewed = replace(parse_lease(made), renewed=after(2))
            await leases.write_lease(ground.namespace, render_lease(renewed, ground.namespace))
            with pytest.raises(ConflictError):
                await leases.write_lease(ground.namespace, render_lease(renewed, ground.namespace))

        ground.run_leases(calls)

    def test_two_hold_it_one_after_the_other(self, ground: Ground) -> None:
        """The first gives it up, the second is cut off without a word."""

        async def calls(leases: Leases) -> tuple[float, float]:
            loop = asyncio.get_running_loop()
            racers = [Racer(leases, ground.namespace, name) for name in ("first", "second", "third")]
            await racers[0].until_it_leads()
            for racer in racers[1:]:
                racer.begin()
            await asyncio.sleep(4)
            assert [racer.leadership.leads for racer in racers] == [True, False, False]
            begun = loop.time()
            await racers[0].end()
            await racers[0].leadership.release()
            leader = await next_leader(racers[1:])
            released = loop.time() - begun
            begun = loop.time()
            await leader.end()
            left = [racer for racer in racers[1:] if racer is not leader]
            await (await next_leader(left)).end()
            return released, loop.time() - begun

        released, cut_off = ground.run_leases(calls)
        assert released < 1.0
        assert 1.0 < cut_off < 4.0


def lease_of(ground: Ground, holder: str) -> Raw:
    """Return a Lease that is yet to be made."""
    return render_lease(Lease(holder, 10, 0, acquired=NOW, renewed=NOW), ground.namespace)


class Racer:
    """A replica that races under terms which are over soon, as one counts in whole seconds."""

    def __init__(self, leases: Leases, namespace: str, name: str) -> None:
        clocks = Clocks(asyncio.get_running_loop().time, lambda: datetime.now(UTC))
        terms = Terms(duration=2, deadline=1.5, renew_every=0.4, look_every=0.2)
        self.leadership = Leadership(leases, Replica(namespace, name), clocks, terms)
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Race."""
        self._task = asyncio.create_task(self.leadership.run(lambda: None, lambda _: None))

    async def until_it_leads(self) -> None:
        """Race, and wait until it leads."""
        self.begin()
        await next_leader([self])

    async def end(self) -> None:
        """End, wherever it is."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])


async def next_leader(racers: list[Racer]) -> Racer:
    """Return the one of these that leads, as soon as one does; never do two."""
    async with asyncio.timeout(10):
        while not (leading := [racer for racer in racers if racer.leadership.leads]):
            await asyncio.sleep(0.05)
    [leader] = leading
    return leader


class TestRealServer:
    """What only a real API server can show."""

    def test_pages_of_a_list_hold_everything_once(self, real: RealGround, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(adapter, "_PAGE", 3)
        names = [f"page-{number}" for number in range(7)]
        real.kubectl.apply(*(unowned_pod(real.namespace, name) for name in names))
        pods, version = real.run(lambda api: api.list_pods())
        ours = [pod["metadata"]["name"] for pod in pods if pod["metadata"]["namespace"] == real.namespace]
        assert sorted(ours) == names
        assert version > 0

    def test_lists_hold_requests_and_classes(self, real: RealGround) -> None:
        request = real.apply()

        async def listed(api: KubernetesAPI) -> list[set[str]]:
            return [
                {item["metadata"]["uid"] async for page, _ in pages for item in page}
                for pages in (api.unfinished_pages(), api.request_pages())
            ]

        classes, _ = real.run(lambda api: api.list_classes())
        assert all(request.uid in uids for uids in real.run(listed))
        assert all(item["kind"] == "CaptureClass" for item in classes)

    def test_secret_is_read(self, real: RealGround) -> None:
        real.kubectl.run("create", "secret", "generic", "bucket", "-n", real.namespace, "--from-literal=accessKey=a")

        async def calls(api: KubernetesAPI) -> dict[str, str]:
            with pytest.raises(GoneError, match="not found"):
                await api.read_secret(real.namespace, "nothing")
            return dict(await api.read_secret(real.namespace, "bucket"))

        assert real.run(calls) == {"accessKey": base64.b64encode(b"a").decode()}

    def test_pod_with_a_field_that_is_wrong_is_refused_with_the_servers_own_words(self, real: RealGround) -> None:
        pod = pod_of(real.apply())
        pod["spec"]["restartPolicy"] = "Sometimes"

        async def calls(api: KubernetesAPI) -> RefusedError:
            with pytest.raises(RefusedError, match="Sometimes") as caught:
                await api.create_pod(real.namespace, pod)
            return caught.value

        assert real.run(calls).status == 422

    def test_answers_tell_the_time_of_day(self, real: RealGround) -> None:
        heard: list[ApiCall] = []

        async def calls() -> None:
            connection = connection_of(real.kubectl.kubeconfig)
            async with open_session(connection, "integration-tests", heard.append) as session:
                await KubernetesAPI(session, connection.server).list_pods()

        begun = datetime.now(UTC).replace(microsecond=0)
        asyncio.run(calls())
        assert [begun <= call.date <= datetime.now(UTC) for call in heard if call.date] == [True]

    def test_server_that_is_away_is_unavailable(self) -> None:
        async def calls() -> None:
            connection = Connection("http://127.0.0.1:9", ssl.create_default_context(), dict)
            async with open_session(connection, "integration-tests", lambda _: None) as session:
                with pytest.raises(UnavailableError, match="GET /api/v1/namespaces/x/pods/y"):
                    await KubernetesAPI(session, connection.server).get_pod("x", "y")

        asyncio.run(calls())


class TestServerSideApply:
    """A GitOps tool that applies from the server's side, beside the operator's writes of status and finalizer."""

    @pytest.mark.parametrize("manager", ["kustomize-controller", "argocd-controller"])
    def test_apply_meets_no_conflict_and_leaves_what_the_operator_wrote(self, real: RealGround, manager: str) -> None:
        spec = {"url": "https://example.com", "suspend": True}
        first = apply_as(real, manager, spec)
        as_it_is(real, partial(set_finalizers, finalizers=BOTH))
        as_it_is(real, patch_key)
        unchanged, changed = (apply_as(real, manager, more) for more in (spec, {**spec, "deadline": "10m"}))
        as_it_is(real, partial(set_finalizers, finalizers=()))
        for body in (unchanged, changed):
            assert body["metadata"]["finalizers"] == list(BOTH)
            assert body["status"]["storageKey"] == "a/b"
        generations = [body["metadata"]["generation"] for body in (first, unchanged, changed)]
        assert generations == [1, 1, 2], "what is applied again is no new run"
        [owned] = [item for item in changed["metadata"]["managedFields"] if item["manager"] == manager]
        assert owned["operation"] == "Apply"
        assert "f:status" not in owned["fieldsV1"]


def apply_as(ground: RealGround, manager: str, spec: Raw) -> Raw:
    """Apply a request as this manager, without force, and return it."""
    metadata = {"name": "shot", "namespace": ground.namespace, "labels": {"kustomize.toolkit.fluxcd.io/name": "shop"}}
    words = ("apply", "--server-side", f"--field-manager={manager}", "--show-managed-fields", "-f", "-", "-o", "json")
    body = {"apiVersion": crd.API_VERSION, "kind": crd.REQUEST_KIND, "metadata": metadata, "spec": spec}
    return dict(json.loads(ground.kubectl.run(*words, text=json.dumps(body))))


def unowned_pod(namespace: str, name: str) -> Raw:
    """Return a pod under our label that is no capture pod and that no node takes."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": {crd.MANAGED_BY_LABEL: crd.MANAGED_BY}},
        "spec": {
            "nodeSelector": {"kubeshot.dev/integration": "nowhere"},
            "containers": [{"name": "idle", "image": "kubeshot.invalid/nothing:1"}],
        },
    }
