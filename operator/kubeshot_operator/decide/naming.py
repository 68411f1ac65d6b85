"""Names that are computed, never chosen: pods and object keys are the same however often they are asked for."""

import hashlib

from kubeshot_contract.output import Output
from kubeshot_operator.api.capture_class import CaptureClass, Storage
from kubeshot_operator.api.model import ScreenshotRequest

# A pod's name is also its host name and, in part, a label: both end at 63 characters.
_MAX_REQUEST_PART = 36
# Names of most kinds end at 253.
_MAX_CLASS_PART = 240


def pod_name(request: ScreenshotRequest, run: int, attempt: int) -> str:
    """Return `<request>-<uid5>-<generation>-<run>-<attempt>`; a long request name is cut and told apart by a hash."""
    return f"{_short(request.key.name)}-{request.uid[:5]}-{request.generation}-{run}-{attempt}"


def warm_pod_name(capture_class: CaptureClass, request: ScreenshotRequest, run: int) -> str:
    """Return `<class>-warm-<hash>`: the same as long as one run of a request waits for a pod of a class as it is."""
    waits = f"{request.uid}/{run}/{capture_class.uid}/{capture_class.generation}"
    return f"{_short(capture_class.name)}-warm-{_hash(waits)}"


def policy_name(capture_class: CaptureClass) -> str:
    """Return `kubeshot-<class>`; a long name of a class is cut and told apart by a hash."""
    name = capture_class.name
    return f"kubeshot-{name if len(name) <= _MAX_CLASS_PART else _short(name)}"


def object_key(storage: Storage, request: ScreenshotRequest, run: int, output: Output) -> str:
    """Return the key of one output of one run, from the class's template."""
    of_image = {"run": str(run), "output": output.name, "extension": output.format.extension}
    return _fill(storage.key_template, {**_values(request), **of_image})


def keys_of_run(storage: Storage, request: ScreenshotRequest, run: int) -> tuple[str, ...]:
    """Return the keys of all outputs of one run, by the spec as it is."""
    assert request.spec is not None, "only a request that can be read has images"
    return tuple(object_key(storage, request, run, output) for output in request.spec.page.outputs)


def common_prefix(storage: Storage, request: ScreenshotRequest) -> str | None:
    """Return how all keys of a request begin, and no other's; `None` where the class's template does not tell that."""
    begin = min(found for name in _OF_ONE_IMAGE if (found := storage.key_template.find(name)) >= 0)
    known = storage.key_template[:begin]
    return _fill(known, _values(request)) if "{uid}" in known else None


_OF_ONE_IMAGE = ("{run}", "{output}", "{extension}")


def label_value(text: str) -> str:
    """Return a text as a label value: the same up to 63 characters, cut and hashed above."""
    return text if len(text) <= 63 else f"{text[:54].rstrip('.-_')}-{_hash(text)}"


def _values(request: ScreenshotRequest) -> dict[str, str]:
    return {
        "namespace": request.key.namespace,
        "prefix": request.spec.key_prefix if request.spec else "",
        "name": request.key.name,
        "uid": request.uid,
    }


def _fill(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template


def _short(name: str) -> str:
    if len(name) <= _MAX_REQUEST_PART:
        return name
    return f"{name[: _MAX_REQUEST_PART - 9].rstrip('.-')}-{_hash(name)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
