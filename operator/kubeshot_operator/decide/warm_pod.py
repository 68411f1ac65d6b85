"""A warm pod: it serves one namespace and one class, and pulls what it captures."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kubeshot_contract.dispatch import WARM_VARIABLE, WarmLimits, encode_limits
from kubeshot_contract.job import STORAGE_CA_VARIABLE
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.model import Pool, ScreenshotRequest
from kubeshot_operator.decide.naming import label_value, warm_pod_name
from kubeshot_operator.decide.pod import PULL_PATIENCE
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

# What a pod has at hand when it is told to end should come to its end; one that can't loses nothing either.
_GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class WarmPlan:
    """Which warm pod is to be created: one of this class, on account of this run of a request that waits for it."""

    request: ScreenshotRequest
    capture_class: CaptureClass
    run: int

    @property
    def pool(self) -> Pool:
        """The pool that the pod belongs to."""
        return Pool(self.request.key.namespace, self.capture_class.name)

    @property
    def name(self) -> str:
        """The name of the pod."""
        return warm_pod_name(self.capture_class, self.request, self.run)


def build_warm_pod(plan: WarmPlan, access: Access) -> dict[str, Any]:
    """Return the warm pod of a plan."""
    capture_class = plan.capture_class
    template, reuse = capture_class.pod, capture_class.reuse
    storage_ca = capture_class.storage.ca_bundle
    variables = {
        WARM_VARIABLE: encode_limits(limits_of(capture_class)),
        **access_variables(access),
        **({} if storage_ca is None else {STORAGE_CA_VARIABLE: storage_ca}),
    }
    longest = reuse.max_age + reuse.idle_timeout + capture_class.attempt_timeout + PULL_PATIENCE
    given = [*plain_variables(variables), *proxy_variables(capture_class)]
    container = build_container(template, template.memory, given, [])
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": plan.name,
            "namespace": plan.pool.namespace,
            "labels": {
                **labels_of(template, crd.WARM_NAME),
                crd.CLASS_LABEL: label_value(capture_class.name),
                crd.GENERATION_LABEL: str(capture_class.generation),
            },
            "annotations": annotations_of(template, access),
            "ownerReferences": owned_by(crd.CLASS_KIND, capture_class.name, capture_class.uid),
        },
        "spec": build_spec(template, Life(longest, _GRACE), container, []),
    }


def limits_of(capture_class: CaptureClass) -> WarmLimits:
    """Return what a warm pod of this class is told of its own end."""
    reuse = capture_class.reuse
    return WarmLimits(
        max_captures=reuse.max_captures,
        max_age_ms=_milliseconds(reuse.max_age),
        idle_timeout_ms=_milliseconds(reuse.idle_timeout),
        memory_percent=reuse.memory_percent,
        pages=reuse.pages,
        sandbox=capture_class.pod.sandbox,
    )


def _milliseconds(duration: timedelta) -> int:
    return round(duration / timedelta(milliseconds=1))
