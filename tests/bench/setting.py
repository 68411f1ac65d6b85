"""The cluster, page and requests of a benchmark."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from e2e import website
from e2e.kubectl import Kubectl, from_environment
from e2e.space import OPERATOR_NAMESPACE, Space

# What a request has by default, unlike the small pictures of the end-to-end tests.
VIEWPORT = {"width": 1280, "height": 800}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and what is measured."""

    kubectl: Kubectl
    space: Space
    spec: dict[str, Any]
    count: int


def arguments(description: str, count: int) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=count, help="how many requests (default: %(default)s)")
    parser.add_argument("--url", help="the page to capture; a small one inside the cluster when left out")
    parser.add_argument("--classname", default="default", help="the CaptureClass (default: %(default)s)")
    return parser.parse_args()


@contextmanager
def prepared(options: argparse.Namespace) -> Iterator[Setting]:
    """Bring up the page and a namespace, and make one capture that is not measured."""
    kubectl = from_environment(os.environ)
    operator = kubectl.get("deployment", "kubeshot-operator", "-n", OPERATOR_NAMESPACE)
    image = operator["spec"]["template"]["spec"]["containers"][0]["image"]
    site = website.deploy(kubectl, image)
    url = options.url or site.url("/good?of=bench")
    spec = {"url": url, "captureClassName": options.classname, "viewport": VIEWPORT}
    space = Space(kubectl)
    try:
        space.requests({"warm-up": spec})["warm-up"].until("Succeeded", within=120)
        yield Setting(kubectl, space, spec, options.count)
    finally:
        space.close()
        website.remove(site)
