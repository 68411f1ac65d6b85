"""Who may start, who does next, and how many run at a time: by what the API server told, change by change."""

from typing import Any

import pytest

from e2e.classes import Change, MakeClass
from e2e.kubectl import Object
from e2e.pod_times import in_order, most_at_once, order_of_creation, request_of
from e2e.space import MakeSpace, Space
from e2e.website import Website

pytestmark = pytest.mark.alone

GATE = "fairness"
MANY = 30


def limited(**limits: Any) -> Change:
    """Return a change that gives a class these limits."""

    def change(spec: Object) -> None:
        spec["limits"].update(limits)

    return change


def test_one_request_beside_many_of_another_namespace_has_the_next_free_slot(
    make_space: MakeSpace, site: Website, make_class: MakeClass
) -> None:
    big, small = make_space(), make_space()
    name = make_class(limited(concurrent=1, attemptTimeout="3m"))
    site.close(GATE)
    held: dict[str, Any] = {"url": site.url(f"/gate/{GATE}"), "captureClassName": name, "wait": {"timeout": "2m"}}
    big.request("first", **held).until("Capturing")
    many = big.requests({f"many-{number:02}": held for number in range(MANY)})
    many[f"many-{MANY - 1}"].until_reason("ClassLimit")
    urgent = big.request("urgent", **held, priority=1).until_reason("ClassLimit")
    only = small.request("only", **held).until_reason("ClassLimit")
    assert only.message == (
        f"1 capture runs, as many as limits.concurrent of class {name} allows; place 1 in the queue"
    )
    site.open(GATE)
    for shot in (only, urgent, many["many-00"]):
        shot.until("Succeeded", within=90)
    assert order_of_creation(in_order(big, small))[:4] == ["first", "only", "urgent", "many-00"]
    # The others would only take their time.
    big.kubectl.run("delete", "shots", "--all", "-n", big.namespace, "--wait=false")


def test_limits_of_host_and_namespace_hold_at_every_instant(
    make_space: MakeSpace, site: Website, make_class: MakeClass
) -> None:
    spaces = [make_space(), make_space()]
    name = make_class(limited(perNamespace=3, perHost=2))
    # The same site by two names is two hosts.
    hosts = {"short": site.url(""), "long": site.url("").replace(".svc", ".svc.cluster.local")}
    shots = [
        shot
        for space, count in zip(spaces, (8, 3), strict=True)
        for shot in space.requests(
            {
                f"{host}-{number}": {"url": f"{url}/good?of={host}-{number}", "captureClassName": name}
                for number in range(count)
                for host, url in hosts.items()
            }
        ).values()
    ]
    for shot in shots:
        shot.until("Succeeded", within=150)
    assert {len(shot.attempts) for shot in shots} == {1}
    changes = in_order(*spaces)
    assert most_at_once(changes, lambda pod: request_of(pod).partition("-")[0]) == {"short": 2, "long": 2}
    assert max(most_at_once(changes, lambda pod: pod["metadata"]["namespace"]).values()) == 3, "reached, and not passed"


def test_namespace_that_may_not_use_a_class_waits_until_it_is_labelled(
    space: Space, site: Website, make_class: MakeClass
) -> None:
    name = make_class(lambda spec: spec.update(namespaces={"matchLabels": {"screenshots": "allowed"}}))
    shot = space.request("asks", site.url("/good?of=asks"), captureClassName=name).until_reason("NamespaceNotAllowed")
    assert shot.message.endswith("must match screenshots=allowed: label the namespace, or name another class")
    space.kubectl.run("label", "namespace", space.namespace, "screenshots=allowed")
    # Sooner than it would look by itself.
    shot.until("Succeeded", within=40)
