"""What GitOps tools make of requests: of every status that the operator writes in the lives of some."""

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from cel_expr_python import cel
from lupa.lua51 import LuaRuntime

from e2e.kstatus import compute
from kubeshot_operator.api import crd
from kubeshot_operator.api.crd import Phase
from unit.contract.make import raw_spec
from unit.operator.builders import raw_class, raw_request
from unit.operator.fake_cluster import Raw
from unit.operator.simulation import End, Simulation
from unit.operator.test_life import in_turn, simulate

GITOPS = Path(__file__).parents[3] / "gitops"
HEALTH = {"Current": "Healthy", "Failed": "Degraded", "InProgress": "Progressing"}


async def change_and_suspend(world: Simulation) -> None:
    """Let a request succeed, change and stop, and another wait for its class in vain."""
    world.apply(raw_spec(captureClassName="missing", deadline="10s"), name="waiting", uid="waiting-uid")
    world.apply_class()
    await world.start()
    key = world.apply()
    await world.until_phase(key, "Succeeded")
    world.apply(raw_spec(url="https://example.com/other"))
    await world.until_phase(key, "Capturing")
    world.apply(raw_spec(suspend=True))
    await world.until_phase(key, "Suspended")
    await asyncio.sleep(10)


@cache
def states() -> tuple[Raw, ...]:
    """Return requests as tools see them: fresh, and after each write of a status, as it is and with a newer spec."""
    world = simulate(change_and_suspend, script=in_turn(End.SUCCEEDS))
    failing = simulate(change_and_fail, script=in_turn(End.CANNOT_CONNECT, End.ANSWERS_404))
    seen = [raw_request(), *world.cluster.states, *failing.cluster.states]
    newer = [{**body, "metadata": {**body["metadata"], "generation": 99}} for body in seen]
    # As JSON, which knows no enums.
    return tuple(json.loads(json.dumps([*seen, *newer])))


async def change_and_fail(world: Simulation) -> None:
    world.apply_class()
    await world.start()
    await world.until_phase(world.apply(), "Failed")


def health(kind: str, body: Raw) -> tuple[str, str]:
    """Return what Argo CD's script says of an object: a word and a sentence."""
    lua = LuaRuntime(unpack_returned_tuples=True, register_eval=False, register_builtins=False)
    lua.globals().obj = lua.table_from(body, recursive=True)
    told = lua.execute((GITOPS / "argocd" / f"{kind}.lua").read_text())
    return told.status, told.message


def flux(body: Raw) -> str:
    """Return what Flux makes of a request by the expressions of the example."""
    [check] = yaml.safe_load((GITOPS / "flux" / "kustomization.yaml").read_text())["spec"]["healthCheckExprs"]
    assert (check["apiVersion"], check["kind"]) == (crd.API_VERSION, crd.REQUEST_KIND)
    environment = cel.NewEnv(variables={name: cel.Type.DYN for name in ("metadata", "spec", "status")})
    data = {name: body[name] for name in ("metadata", "spec", "status")}
    words = {"inProgress": "InProgress", "failed": "Failed", "current": "Current"}
    held = (word for name, word in words.items() if environment.compile(check[name]).eval(data=data).plain_value())
    return next(held, "InProgress")


def test_every_phase_is_seen() -> None:
    assert {body["status"].get("phase") for body in states()} == {None, *Phase}


def test_argo_cd_says_what_kstatus_says() -> None:
    for body in states():
        is_suspended = body["status"].get("phase") == "Suspended" and body["metadata"]["generation"] != 99
        expected = "Suspended" if is_suspended else HEALTH[compute(body)]
        assert health("ScreenshotRequest", body)[0] == expected, body


def test_flux_says_what_kstatus_says() -> None:
    assert [(flux(body), body) for body in states() if flux(body) != compute(body)] == []


@pytest.mark.parametrize(
    ("phase", "told"),
    [
        ("Succeeded", "1 image is stored in bucket shots"),
        ("Failed", "HTTPError: it did not work"),
        ("Queued", "ClassNotFound: there is no CaptureClass missing"),
        ("Suspended", "spec.suspend is true"),
    ],
)
def test_argo_cd_says_why(phase: str, told: str) -> None:
    messages = [health("ScreenshotRequest", body)[1] for body in states() if body["status"].get("phase") == phase]
    assert any(message.startswith(told) for message in messages), messages


def test_picture_of_a_page_that_was_not_at_rest_is_healthy_and_says_so() -> None:
    [done, *_] = [body for body in states() if body["status"].get("phase") == "Succeeded"]
    restless = {"type": "Settled", "status": "False", "reason": "TimedOut", "message": "it was cut short"}
    conditions = [item for item in done["status"]["conditions"] if item["type"] != "Settled"]
    body: dict[str, Any] = {**done, "status": {**done["status"], "conditions": [*conditions, restless]}}
    assert health("ScreenshotRequest", body) == ("Healthy", "1 image is stored in bucket shots; it was cut short")


def test_request_without_a_status_is_in_progress() -> None:
    assert health("ScreenshotRequest", {"metadata": {"generation": 1}, "spec": {}})[0] == "Progressing"


def test_class_is_healthy() -> None:
    assert health("CaptureClass", raw_class())[0] == "Healthy"


def test_patch_of_argo_cd_holds_the_scripts() -> None:
    patch = yaml.safe_load((GITOPS / "argocd" / "argocd-cm.yaml").read_text())
    scripts = {
        f"resource.customizations.health.{crd.GROUP}_{path.stem}": path.read_text()
        for path in (GITOPS / "argocd").glob("*.lua")
    }
    assert patch == {"data": scripts}
    assert {name.rpartition("_")[2] for name in scripts} == {crd.REQUEST_KIND, crd.CLASS_KIND}
