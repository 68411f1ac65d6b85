"""Names that are computed, never chosen: pods and object keys are the same however often they are asked for."""

import hashlib

from kubeshot_contract.output import Output
from kubeshot_operator.api.model import CaptureClass, ScreenshotRequest, Storage

# A pod's name is also its host name and, in part, a label: both end at 63 characters.
_MAX_REQUEST_PART = 36


def pod_name(request: ScreenshotRequest, run: int, attempt: int) -> str:
    """Return `<request>-<uid5>-<generation>-<run>-<attempt>`; a long request name is cut and told apart by a hash."""
    return f"{_short(request.key.name)}-{request.uid[:5]}-{request.generation}-{run}-{attempt}"


def warm_pod_name(capture_class: CaptureClass, request: ScreenshotRequest, run: int) -> str:
    """Return `<class>-warm-<hash>`: the same as long as one run of a request waits for a pod of a class as it is."""
    waits = f"{request.uid}/{run}/{capture_class.uid}/{capture_class.generation}"
    return f"{_short(capture_class.name)}-warm-{_hash(waits)}"


def object_key(storage: Storage, request: ScreenshotRequest, run: int, output: Output) -> str:
    """Return the key of one output of one run, from the class's template."""
    values = {
        "namespace": request.key.namespace,
        "prefix": request.spec.key_prefix if request.spec else "",
        "name": request.key.name,
        "uid": request.uid,
        "run": str(run),
        "output": output.name,
        "extension": output.format.extension,
    }
    key = storage.key_template
    for name, value in values.items():
        key = key.replace("{" + name + "}", value)
    return key


def label_value(text: str) -> str:
    """Return a text as a label value: the same up to 63 characters, cut and hashed above."""
    return text if len(text) <= 63 else f"{text[:54].rstrip('.-_')}-{_hash(text)}"


def _short(name: str) -> str:
    if len(name) <= _MAX_REQUEST_PART:
        return name
    return f"{name[: _MAX_REQUEST_PART - 9].rstrip('.-')}-{_hash(name)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
