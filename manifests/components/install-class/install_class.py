"""Applies one CaptureClass as soon as the API server knows the kind, and again when it is gone; edits by others stay.

`install_class.py apply FILE` ends when it is there, `install_class.py keep FILE` never does. Standard library only.
"""

import http.client
import os
import re
import ssl
import sys
import time
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
CLASSES = "/apis/kubeshot.dev/v1alpha1/captureclasses"
PATIENCE_SECONDS = 120
LOOK_SECONDS = 20


class RefusedError(Exception):
    """The API server will not take the class, now or later."""


class EditedError(Exception):
    """Somebody else has changed the class; the message says who and what."""


def name_of(manifest: str) -> str:
    """Return metadata.name of a class written in block style."""
    found = re.search(r"^metadata:\n(?:^[ \t].*\n)*?^  name: *([a-z0-9.-]+) *$", manifest, re.MULTILINE)
    if found is None:
        raise RefusedError("the class has no line '  name: …' below 'metadata:'")
    return found[1]


def call(method: str, path: str, body: str = "") -> tuple[int, str]:
    """Call the API server; return the status and the text of its answer. Raises `OSError` when there is none."""
    connection = http.client.HTTPSConnection(
        os.environ["KUBERNETES_SERVICE_HOST"],
        int(os.environ["KUBERNETES_SERVICE_PORT"]),
        context=ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt")),
        timeout=10,
    )
    headers = {
        "Authorization": f"Bearer {(ACCOUNT / 'token').read_text().strip()}",
        "Content-Type": "application/apply-patch+yaml",
    }
    try:
        connection.request(method, path, body=body.encode(), headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def apply(manifest: str) -> None:
    """Send the class as a server-side apply; raise `OSError` when a later try may go better."""
    path = f"{CLASSES}/{quote(name_of(manifest))}?fieldManager=kubeshot-install&fieldValidation=Strict"
    status, answer = call("PATCH", path, manifest)
    if status == http.client.CONFLICT:
        raise EditedError(answer)
    # 404: the kind is not served yet; 403: its role is not known to the API server yet.
    if status in (403, 404, 429) or status >= 500:
        raise OSError(f"{status}: {answer}")
    if status >= 400:
        raise RefusedError(answer)


def is_gone(manifest: str) -> bool:
    """Say whether the class is not there, be it that its kind went and took it along."""
    return call("GET", f"{CLASSES}/{quote(name_of(manifest))}")[0] == http.client.NOT_FOUND


def apply_once(manifest: str) -> int:
    """Try until the class is there; return the exit code."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            apply(manifest)
        except RefusedError as error:
            print(f"refused: {error}", file=sys.stderr)
            return 1
        except EditedError as error:
            print(f"left as it is, to take it back delete the class: {error}", file=sys.stderr)
            return 0
        except OSError as error:
            print(f"not yet: {error}", file=sys.stderr)
            if time.monotonic() > give_up:
                return 1
        else:
            print(f"applied {name_of(manifest)}", flush=True)
            return 0
        time.sleep(1)


def keep(manifest: str) -> NoReturn:
    """Look every now and then, and apply the class anew when it is gone."""
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            if is_gone(manifest):
                apply(manifest)
                print(f"applied {name_of(manifest)} anew", flush=True)
        except (RefusedError, EditedError, OSError) as error:
            print(f"not yet: {error}", file=sys.stderr)


def main() -> int:
    """Apply the class, or keep it; return the exit code."""
    _, what, file = sys.argv
    manifest = Path(file).read_text()
    if what == "keep":
        keep(manifest)
    return apply_once(manifest)


if __name__ == "__main__":
    sys.exit(main())
