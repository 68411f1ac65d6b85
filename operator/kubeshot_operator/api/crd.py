"""The one home of every name that Kubernetes sees: group, kinds, labels, annotations, condition types."""

from enum import StrEnum
from typing import Final

GROUP: Final = "kubeshot.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"

REQUEST_KIND: Final = "ScreenshotRequest"
REQUESTS: Final = "screenshotrequests"
CLASSES: Final = "captureclasses"
CLASS_KIND: Final = "CaptureClass"

LEASE_API_VERSION: Final = "coordination.k8s.io/v1"
LEASE_KIND: Final = "Lease"
LEASES: Final = "leases"
LEASE_NAME: Final = "kubeshot-operator"
POLICY_API_VERSION: Final = "networking.k8s.io/v1"
POLICY_KIND: Final = "NetworkPolicy"
POLICIES: Final = "networkpolicies"

MANAGED_BY_LABEL: Final = "app.kubernetes.io/managed-by"
NAME_LABEL: Final = "app.kubernetes.io/name"
MANAGED_BY: Final = "kubeshot"
OPERATOR_NAME: Final = "kubeshot-operator"
CAPTURE_NAME: Final = "kubeshot-capture"
WARM_NAME: Final = "kubeshot-warm"

REQUEST_LABEL: Final = f"{GROUP}/request"
UID_LABEL: Final = f"{GROUP}/request-uid"
GENERATION_LABEL: Final = f"{GROUP}/generation"
RUN_LABEL: Final = f"{GROUP}/run"
ATTEMPT_LABEL: Final = f"{GROUP}/attempt"
CLASS_LABEL: Final = f"{GROUP}/class"

REQUESTED_AT_ANNOTATION: Final = f"{GROUP}/requestedAt"
DEFAULT_CLASS_ANNOTATION: Final = f"{GROUP}/is-default-class"
TOKEN_ANNOTATION: Final = f"{GROUP}/token-sha256"
# On the pod of an attempt: what it counts against; on a policy: whose pods it is about. No label could hold every name.
CLASS_ANNOTATION: Final = f"{GROUP}/class"
HOST_ANNOTATION: Final = f"{GROUP}/host"

STORED_IMAGES_FINALIZER: Final = f"{GROUP}/stored-images"

CAPTURE_CONTAINER: Final = "capture"

ACCESS_KEY_FIELD: Final = "accessKey"
SECRET_KEY_FIELD: Final = "secretKey"


class Phase(StrEnum):
    """Where a request stands; the last two of a run are Succeeded and Failed."""

    QUEUED = "Queued"
    STARTING = "Starting"
    CAPTURING = "Capturing"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    SUSPENDED = "Suspended"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens in this run."""
        return self in (Phase.SUCCEEDED, Phase.FAILED)


# A field selector has no "in": these are the phases that are not finished, and none at all.
UNFINISHED: Final = ",".join(f"status.phase!={phase}" for phase in Phase if phase.is_finished)


class ConditionType(StrEnum):
    """The kstatus conditions, and three of our own.

    Settled is whether the page was at rest when its picture was taken. Kept is there when a request is still there that
    should not be, and says why; Sandboxed only when its class captures without Chromium's sandbox, as a warning.
    """

    READY = "Ready"
    RECONCILING = "Reconciling"
    STALLED = "Stalled"
    SETTLED = "Settled"
    KEPT = "Kept"
    SANDBOXED = "Sandboxed"


class ConditionStatus(StrEnum):
    """The value of a condition."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Retention(StrEnum):
    """What becomes of the stored images when their request is deleted."""

    RETAIN = "Retain"
    DELETE = "Delete"


class Wait(StrEnum):
    """What holds up a request that waits for its turn, as the reason of its conditions."""

    HOST_LIMIT = "HostLimit"
    NAMESPACE_LIMIT = "NamespaceLimit"
    CLASS_LIMIT = "ClassLimit"
    POD_LIMIT = "PodLimit"
    CREATE_RATE = "CreateRate"
    QUOTA = "QuotaExceeded"


class SelectorOperator(StrEnum):
    """How a LabelSelector compares a label."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"


class PolicyMode(StrEnum):
    """Who writes the NetworkPolicy of a class's pods: the operator, or somebody else."""

    MANAGED = "Managed"
    UNMANAGED = "Unmanaged"


class ReuseMode(StrEnum):
    """Whether a pod of a class captures for one request or for several."""

    NEVER = "Never"
    WARM = "Warm"


class Encryption(StrEnum):
    """Encryption at rest by the S3 server: SSE-S3 or SSE-KMS."""

    S3 = "S3"
    KMS = "KMS"
