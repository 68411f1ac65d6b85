"""Applies one CaptureClass, as soon as the API server knows the kind; edits by others stay. Standard library only."""

import http.client
import os
import re
import ssl
import sys
import time
from pathlib import Path
from urllib.parse import quote

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
CLASSES = "/apis/kubeshot.dev/v1alpha1/captureclasses"
PATIENCE_SECONDS = 120


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


def apply(manifest: str) -> None:
    """Send the class as a server-side apply; raise `OSError` when a later try may go better."""
    connection = http.client.HTTPSConnection(
        os.environ["KUBERNETES_SERVICE_HOST"],
        int(os.environ["KUBERNETES_SERVICE_PORT"]),
        context=ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt")),
        timeout=10,
    )
    connection.request(
        "PATCH",
        f"{CLASSES}/{quote(name_of(manifest))}?fieldManager=kubeshot-install&fieldValidation=Strict",
        body=manifest.encode(),
        headers={
            "Authorization": f"Bearer {(ACCOUNT / 'token').read_text().strip()}",
            "Content-Type": "application/apply-patch+yaml",
        },
    )
    response = connection.getresponse()
    answer = response.read().decode(errors="replace")
    if response.status == http.client.CONFLICT:
        raise EditedError(answer)
    # 404: the kind is not served yet; 403: its role is not known to the API server yet.
    if response.status in (403, 404, 429) or response.status >= 500:
        raise OSError(f"{response.status}: {answer}")
    if response.status >= 400:
        raise RefusedError(answer)


def main() -> int:
    """Try until the class is there; return the exit code."""
    manifest = Path(sys.argv[1]).read_text()
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            apply(manifest)
        except RefusedError as error:
            print(f"refused: {error}", file=sys.stderr)
            return 1
        except EditedError as error:
            print(f"left as it is, to take it back delete the class first: {error}", file=sys.stderr)
            return 0
        except OSError as error:
            print(f"not yet: {error}", file=sys.stderr)
            if time.monotonic() > give_up:
                return 1
        else:
            print(f"applied {name_of(manifest)}")
            return 0
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
