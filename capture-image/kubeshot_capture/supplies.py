"""What the kubelet supplies beside the job: Secrets' values in variables, a session and a page in files."""

import json
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.redaction import SHORTEST_TOKEN
from kubeshot_contract.reasons import Reason
from kubeshot_contract.secret_values import (
    HTML_FILE,
    PASSWORD_KEY,
    STORAGE_STATE_FILE,
    USERNAME_KEY,
    mounted_config_map,
    mounted_secret,
    secret_variables,
)
from kubeshot_contract.spec import CaptureSpec, SecretKey, Value


@dataclass(frozen=True, slots=True)
class Supplies:
    """Values that a spec only names. `storage_state` is Playwright's JSON, `html` the page of a ConfigMap."""

    secrets: Mapping[SecretKey, str] = field(default_factory=dict, repr=False)
    storage_state: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)

    def value(self, value: Value) -> str:
        """Return a value, looked up if it is only named."""
        return value if isinstance(value, str) else self.secrets[value]

    def hidden(self) -> list[str]:
        """Return what must not be told: all values, logins as they are sent, and what is inside of a session."""
        logins = [
            f"{value}:{self.secrets.get(SecretKey(secret.name, PASSWORD_KEY), '')}"
            for secret, value in self.secrets.items()
            if secret.key == USERNAME_KEY
        ]
        state = [] if self.storage_state is None else [self.storage_state, *_tokens(self.storage_state)]
        return [*self.secrets.values(), *logins, *state]


def _tokens(state: str) -> Iterator[str]:
    """Yield the values in a session, and what is in them: local storage often has JSON in its texts."""
    for value in _values(_parsed(state)):
        yield from (text for text in _texts(value) if len(text) >= SHORTEST_TOKEN)


def _values(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        yield from ([node["value"]] if "value" in node else _values([*node.values()]))
    elif isinstance(node, list):
        for item in node:
            yield from _values(item)


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
        yield from _texts(_parsed(node))
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _texts(item)


def _parsed(text: str) -> object:
    """Return the list or object in a JSON text, `None` for all other texts."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def take_supplies(spec: CaptureSpec, environment: MutableMapping[str, str], folder: Path) -> Supplies:
    """Take the values out of the variables and read the files; raise `CaptureError` for what is not there.

    Trying again may help: a Secret can be applied a moment after the request that names it.
    """
    found = {secret: environment.pop(variable, None) for secret, variable in secret_variables(spec).items()}
    missing = [secret for secret, value in found.items() if value is None]
    if missing:
        raise _missing("Secret", missing[0].name, missing[0].key)
    for key, value in found.items():
        if not _is_text(value or ""):
            raise _not_text("Secret", key.name, key.key)
    secret, config_map = mounted_secret(spec), mounted_config_map(spec)
    return Supplies(
        secrets={secret: value for secret, value in found.items() if value is not None},
        storage_state=_read(folder / STORAGE_STATE_FILE, "Secret", secret.name, secret.key) if secret else None,
        html=_read(folder / HTML_FILE, "ConfigMap", config_map.name, config_map.key) if config_map else None,
    )


def _read(file: Path, kind: str, name: str, key: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise _missing(kind, name, key) from error
    except UnicodeDecodeError as error:
        raise _not_text(kind, name, key) from error


def _is_text(value: str) -> bool:
    # Python reads bytes of a variable that are not UTF-8 as halves of surrogate pairs.
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _not_text(kind: str, name: str, key: str) -> CaptureError:
    return CaptureError(Reason.INVALID_REQUEST, f"the key {key} of the {kind} {name} is not UTF-8")


def _missing(kind: str, name: str, key: str) -> CaptureError:
    message = f"there is no key {key} in the {kind} {name} of this namespace, or no such {kind}"
    return CaptureError(Reason.INVALID_REQUEST, message, retryable=True)
