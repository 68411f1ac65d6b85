"""The capture pod of one attempt."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kubeshot_contract.job import CaptureJob, UploadForm, encode_variables
from kubeshot_contract.options import Sandbox
from kubeshot_contract.spec import CaptureSpec
from kubeshot_operator.api import crd
from kubeshot_operator.api.model import CaptureClass, ScreenshotRequest
from kubeshot_operator.api.scalars import format_bytes
from kubeshot_operator.decide.naming import label_value, pod_name
from kubeshot_operator.decide.supplies import supply_mounts, supply_variables, supply_volumes

# The capture ends itself within the class's time, and the operator ends one that hangs. The kubelet is the safety net
# for when the operator is away; it counts from before the pull of the image.
_PULL_PATIENCE = timedelta(minutes=3)
_GRACE_SECONDS = 5
# Chromium writes its profile and caches here; the limit keeps a page from filling the node's disk.
_SCRATCH_SIZE = "512Mi"
_SECCOMP = {
    Sandbox.REQUIRED: {"type": "Localhost", "localhostProfile": crd.SECCOMP_PROFILE},
    Sandbox.DISABLED: {"type": "RuntimeDefault"},
}


@dataclass(frozen=True, slots=True)
class PodPlan:
    """Which pod is to be created: attempt `attempt` of run `run`, with `memory` bytes."""

    request: ScreenshotRequest
    capture_class: CaptureClass
    run: int
    attempt: int
    memory: int

    @property
    def name(self) -> str:
        """The name of the pod."""
        return pod_name(self.request, self.run, self.attempt)


def build_pod(plan: PodPlan, forms: dict[str, UploadForm]) -> dict[str, Any]:
    """Return the pod of a plan. `forms` holds one signed upload form per output name."""
    template = plan.capture_class.pod
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(plan),
        "spec": {
            **template.extra,
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "activeDeadlineSeconds": round((plan.capture_class.attempt_timeout + _PULL_PATIENCE).total_seconds()),
            "terminationGracePeriodSeconds": _GRACE_SECONDS,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": _SECCOMP[template.sandbox]},
            "containers": [_container(plan, build_job(plan, forms))],
            "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": _SCRATCH_SIZE}}, *supply_volumes(_page(plan))],
        },
    }


def build_job(plan: PodPlan, forms: dict[str, UploadForm]) -> CaptureJob:
    """Return what the pod of a plan is asked to do."""
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
        deadline_ms=round(plan.capture_class.attempt_timeout / timedelta(milliseconds=1)),
        storage_ca=plan.capture_class.storage.ca_bundle,
    )


def _page(plan: PodPlan) -> CaptureSpec:
    assert plan.request.spec is not None, "only a request that can be read is captured"
    return plan.request.spec.page


def _metadata(plan: PodPlan) -> dict[str, Any]:
    request, template = plan.request, plan.capture_class.pod
    return {
        "name": plan.name,
        "namespace": request.key.namespace,
        "labels": {
            **template.labels,
            crd.MANAGED_BY_LABEL: crd.MANAGED_BY,
            crd.NAME_LABEL: crd.CAPTURE_NAME,
            crd.REQUEST_LABEL: label_value(request.key.name),
            crd.UID_LABEL: request.uid,
            crd.GENERATION_LABEL: str(request.generation),
            crd.RUN_LABEL: str(plan.run),
            crd.ATTEMPT_LABEL: str(plan.attempt),
        },
        "annotations": template.annotations,
        "ownerReferences": [
            {
                "apiVersion": crd.API_VERSION,
                "kind": crd.REQUEST_KIND,
                "name": request.key.name,
                "uid": request.uid,
                "controller": True,
            }
        ],
    }


def _container(plan: PodPlan, job: CaptureJob) -> dict[str, Any]:
    template = plan.capture_class.pod
    return {
        "name": crd.CAPTURE_CONTAINER,
        "image": template.image,
        "imagePullPolicy": "IfNotPresent",
        "env": [*_plain_variables(job), *supply_variables(job.spec)],
        "resources": {
            "requests": template.requests,
            "limits": {**template.limits, "memory": format_bytes(plan.memory)},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, *supply_mounts(job.spec)],
    }


def _plain_variables(job: CaptureJob) -> list[dict[str, Any]]:
    # The kubelet expands $(NAME) in values; $$ stands for one $.
    return [{"name": name, "value": value.replace("$", "$$")} for name, value in encode_variables(job).items()]
