"""Values of Secrets and ConfigMaps where no kubelet looks them up: from the file, from variables, from other files."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from kubeshot_capture.supplies import Supplies
from kubeshot_cli.manifest import Keys, Manifest
from kubeshot_cli.problems import CommandError
from kubeshot_contract.secret_values import mounted_config_map, mounted_secret, secret_variables
from kubeshot_contract.spec import CaptureSpec

_FORMS = "env:VARIABLE or file:PATH"


def read_given(given: Iterable[str], environment: Mapping[str, str]) -> Keys:
    """Return the values behind `name/key=env:VARIABLE` and `name/key=file:PATH`; raise `CommandError`.

    There is no form with the value itself: a command line is seen by every user of the machine, and kept in histories.
    """
    return dict(_given(text, environment) for text in given)


def _given(text: str, environment: Mapping[str, str]) -> tuple[tuple[str, str], bytes]:
    place, _, source = text.partition("=")
    name, _, key = place.partition("/")
    scheme, _, where = source.partition(":")
    if not (name and key and where) or scheme not in ("env", "file"):
        # Without what follows the sign: it may be the value.
        raise CommandError(f"--secret {place}=...: write NAME/KEY={_FORMS}, never the value itself")
    return (name, key), _from_variable(where, environment) if scheme == "env" else _from_file(where)


def _from_variable(variable: str, environment: Mapping[str, str]) -> bytes:
    if variable not in environment:
        raise CommandError(f"--secret: the variable {variable} is not set")
    return environment[variable].encode(errors="surrogateescape")


def _from_file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"--secret: {path} can't be read: {error.strerror}") from error


def supplies_for(spec: CaptureSpec, manifest: Manifest, given: Keys) -> Supplies:
    """Return what this spec names; raise `CommandError` with a line for each value that is nowhere."""
    values = {**manifest.secrets, **given}
    state, page = mounted_secret(spec), mounted_config_map(spec)
    secrets = [*secret_variables(spec), *([state] if state else [])]
    missing = [
        _missing_secret(secret.name, secret.key) for secret in secrets if (secret.name, secret.key) not in values
    ]
    if page and (page.name, page.key) not in manifest.config_maps:
        missing.append(
            f"the key {page.key} of the ConfigMap {page.name} is nowhere: put the ConfigMap into the same file "
            f"(kubectl create configmap {page.name} --from-file {page.key} --dry-run=client -o yaml)"
        )
    if missing:
        raise CommandError("\n".join(missing))
    return Supplies(
        secrets={secret: _text(values, secret.name, secret.key) for secret in secret_variables(spec)},
        storage_state=_text(values, state.name, state.key) if state else None,
        html=_text(manifest.config_maps, page.name, page.key) if page else None,
    )


def _missing_secret(name: str, key: str) -> str:
    return (
        f"the key {key} of the Secret {name} is nowhere: put the Secret into the same file, "
        f"or add --secret {name}/{key}={_FORMS}"
    )


def _text(values: Keys, name: str, key: str) -> str:
    try:
        return values[name, key].decode()
    except UnicodeDecodeError as error:
        raise CommandError(f"the value of the key {key} in {name} is not UTF-8") from error
