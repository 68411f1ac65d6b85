"""The capture pod of one attempt."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kubeshot_contract.job import CaptureJob, UploadForm, encode_variables
from kubeshot_contract.spec import CaptureSpec
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.limits import host_of
from kubeshot_operator.api.model import Pool, ScreenshotRequest
from kubeshot_operator.decide.naming import label_value, pod_name
from kubeshot_operator.decide.pod_body import (
    Access,
    Life,
    access_variables,
    annotations_of,
    build_container,
    build_spec,
    labels_of,
    owned_by,
    plain_variables,
    proxy_variables,
)
from kubeshot_operator.decide.supplies import supply_mounts, supply_variables, supply_volumes

# The capture ends itself within the class's time, and the operator ends one that hangs. The kubelet is the safety net
# for when the operator is away; it counts from before the pull of the image.
PULL_PATIENCE = timedelta(minutes=3)
_GRACE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class PodPlan:
    """Which pod is to be created: attempt `attempt` of run `run`, with `memory` bytes."""

    request: ScreenshotRequest
    capture_class: CaptureClass
    run: int
    attempt: int
    memory: int

    @property
    def pool(self) -> Pool:
        """What it is one of, in the eyes of a quota."""
        return Pool(self.request.key.namespace, self.capture_class.name)

    @property
    def name(self) -> str:
        """The name of the pod."""
        return pod_name(self.request, self.run, self.attempt)


def build_pod(plan: PodPlan, forms: dict[str, UploadForm], access: Access) -> dict[str, Any]:
    """Return the pod of a plan. `forms` holds one signed upload form per output name."""
    template, page, job = plan.capture_class.pod, _page(plan), build_job(plan, forms)
    plain = plain_variables({**encode_variables(job), **access_variables(access)})
    variables = [*plain, *proxy_variables(plan.capture_class), *supply_variables(page)]
    container = build_container(template, plan.memory, variables, supply_mounts(page))
    life = Life(plan.capture_class.attempt_timeout + PULL_PATIENCE, _GRACE)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(plan, access),
        "spec": build_spec(template, life, container, supply_volumes(page)),
    }


def build_job(plan: PodPlan, forms: dict[str, UploadForm]) -> CaptureJob:
    """Return what the attempt of a plan is asked to do."""
    request = plan.request
    return CaptureJob(
        namespace=request.key.namespace,
        name=request.key.name,
        uid=request.uid,
        run=plan.run,
        attempt=plan.attempt,
        spec=_page(plan),
        uploads=forms,
        sandbox=plan.capture_class.pod.sandbox,
        egress=plan.capture_class.egress,
        deadline_ms=round(plan.capture_class.attempt_timeout / timedelta(milliseconds=1)),
        storage_ca=plan.capture_class.storage.ca_bundle,
    )


def _page(plan: PodPlan) -> CaptureSpec:
    assert plan.request.spec is not None, "only a request that can be read is captured"
    return plan.request.spec.page


def _metadata(plan: PodPlan, access: Access) -> dict[str, Any]:
    request, template = plan.request, plan.capture_class.pod
    return {
        "name": plan.name,
        "namespace": request.key.namespace,
        "labels": {
            **labels_of(template, crd.CAPTURE_NAME),
            crd.REQUEST_LABEL: label_value(request.key.name),
            crd.UID_LABEL: request.uid,
            crd.GENERATION_LABEL: str(request.generation),
            crd.RUN_LABEL: str(plan.run),
            crd.ATTEMPT_LABEL: str(plan.attempt),
            crd.CLASS_LABEL: label_value(plan.capture_class.name),
        },
        "annotations": {
            **annotations_of(template, access),
            crd.CLASS_ANNOTATION: plan.capture_class.name,
            crd.HOST_ANNOTATION: host_of(_page(plan)),
        },
        "ownerReferences": owned_by(crd.REQUEST_KIND, request.key.name, request.uid),
    }
