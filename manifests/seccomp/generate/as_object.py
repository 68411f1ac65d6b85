"""Prints chromium.json as an object of the Security Profiles Operator, which takes the same words."""

import json
from pathlib import Path
from typing import Any

NAME = "kubeshot-chromium"


def as_object(profile: dict[str, Any]) -> str:
    """Return the object of a profile, as YAML; JSON is YAML, and what kubectl reads."""
    body = {
        "apiVersion": "security-profiles-operator.x-k8s.io/v1beta1",
        "kind": "SeccompProfile",
        "metadata": {"name": NAME, "labels": {"app.kubernetes.io/part-of": "kubeshot"}},
        "spec": profile,
    }
    return json.dumps(body, indent=2) + "\n"


if __name__ == "__main__":
    print(as_object(json.loads((Path(__file__).parents[1] / "chromium.json").read_text())), end="")
