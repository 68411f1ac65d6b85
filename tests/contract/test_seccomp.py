"""The seccomp profile is one, in whatever form it is handed to the nodes."""

import json
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PROFILE = REPOSITORY / "manifests" / "seccomp" / "chromium.json"
OBJECT = REPOSITORY / "manifests" / "components" / "security-profiles-operator" / "seccomp-profile.json"


def test_the_object_holds_the_profile() -> None:
    body = json.loads(OBJECT.read_text())
    assert body["spec"] == json.loads(PROFILE.read_text()), "run manifests/seccomp/generate/as_object.py"
    assert (body["kind"], body["metadata"]["name"]) == ("SeccompProfile", "kubeshot-chromium")


def test_what_a_container_could_leave_its_walls_by_stays_forbidden() -> None:
    rules = json.loads(PROFILE.read_text())
    allowed = {name for rule in rules["syscalls"] if not rule.get("args") for name in rule["names"]}
    assert rules["defaultAction"] == "SCMP_ACT_ERRNO"
    ways_out = {"mount", "umount2", "setns", "unshare", "clone", "keyctl", "bpf", "perf_event_open", "init_module"}
    assert allowed & ways_out == set()
