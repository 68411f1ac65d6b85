"""Ways to break the operator, so that the suite can show that it sees it."""

from collections.abc import Callable
from typing import Any

from kubeshot_contract.result import CaptureResult
from kubeshot_operator.adapters.kubernetes import KubernetesAPI
from kubeshot_operator.adapters.storage import S3Storage
from kubeshot_operator.api.bucket import BucketReady
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.model import Status, StoredOutput
from kubeshot_operator.decide import end_of_attempt
from kubeshot_operator.decide.decision import Decision
from kubeshot_operator.decide.naming import object_key
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.runtime.schedule import Schedule


def unverified() -> None:
    """Write what a pod says into the status, without a look at the bucket."""

    def believe(seen: Observation, of: CaptureClass, status: Status, result: CaptureResult, pod: Any) -> Decision:
        images = {image.name: image for image in result.outputs}
        assert seen.request.spec is not None
        outputs = tuple(
            StoredOutput(
                name=output.name,
                bucket=of.storage.bucket,
                key=object_key(of.storage, seen.request, status.run, output),
                sha256=images[output.name].sha256,
                bytes=images[output.name].bytes,
                content_type=output.format.content_type,
                etag="none",
                url=None,
            )
            for output in seen.request.spec.page.outputs
        )
        return end_of_attempt._succeed(seen, status, outputs, result, pod)

    _replace(end_of_attempt, "_finish", believe)


def pods_stay() -> None:
    """Delete no pod."""

    async def keep(*_: object) -> None:
        """Let it be."""

    _replace(KubernetesAPI, "delete_pod", keep)


def images_stay() -> None:
    """Delete nothing that is stored, and say that it is gone."""

    async def keep(*_: object) -> BucketReady:
        return BucketReady()

    _replace(S3Storage, "erase", keep)


def captured_twice() -> None:
    """Make two pods for each attempt."""
    create = KubernetesAPI.create_pod

    async def create_twins(api: KubernetesAPI, namespace: str, body: dict[str, Any]) -> dict[str, Any]:
        twin = {**body, "metadata": {**body["metadata"], "name": f"{body['metadata']['name']}-twin"}}
        await create(api, namespace, twin)
        return await create(api, namespace, body)

    _replace(KubernetesAPI, "create_pod", create_twins)


def given_up() -> None:
    """Forget a request whose pass broke off."""

    def forget(schedule: Schedule[Any], key: Any, _: float) -> float:
        schedule.done(key)
        return 0.0

    _replace(Schedule, "failed", forget)


def _replace(where: object, name: str, other: object) -> None:
    # What is renamed in the product must not leave it whole here.
    assert hasattr(where, name), f"{where} has no {name}"
    setattr(where, name, other)


WAYS: dict[str, Callable[[], None]] = {
    way.__name__: way for way in (unverified, pods_stay, images_stay, captured_twice, given_up)
}
