"""Values that only the kubelet looks up: which a spec names, and where the pod finds them."""

from collections.abc import Iterator

from kubeshot_contract.spec import CaptureSpec, ConfigMapSource, SecretKey

# As Secrets of type kubernetes.io/basic-auth have them.
USERNAME_KEY = "username"
PASSWORD_KEY = "password"

# Where volumes are mounted in the capture's container. A variable holds 128 KiB at most, these files 1 MiB.
FILES_FOLDER = "/kubeshot"
STORAGE_STATE_FILE = "storage-state/state.json"
HTML_FILE = "html/page.html"

_VARIABLE = "CAPTURE_SECRET_"


def secret_variables(spec: CaptureSpec) -> dict[SecretKey, str]:
    """Return the variable for each Secret's value that this spec names, in the order of the spec."""
    named = dict.fromkeys(_named(spec))
    return {secret: f"{_VARIABLE}{number}" for number, secret in enumerate(named, start=1)}


def mounted_secret(spec: CaptureSpec) -> SecretKey | None:
    """Return the Secret's value that is mounted as `STORAGE_STATE_FILE`."""
    return spec.request.storage_state


def mounted_config_map(spec: CaptureSpec) -> ConfigMapSource | None:
    """Return the ConfigMap's value that is mounted as `HTML_FILE`."""
    return spec.source if isinstance(spec.source, ConfigMapSource) else None


def _named(spec: CaptureSpec) -> Iterator[SecretKey]:
    request = spec.request
    for value in (*(header.value for header in request.headers), *(cookie.value for cookie in request.cookies)):
        if isinstance(value, SecretKey):
            yield value
    if request.basic_auth is not None:
        yield SecretKey(request.basic_auth, USERNAME_KEY)
        yield SecretKey(request.basic_auth, PASSWORD_KEY)
