"""What a class lets pages reach, as its requests tell, and the NetworkPolicy that says the same."""

import base64
import hashlib
from typing import Any

from e2e.classes import Change, MakeClass
from e2e.eventually import eventually
from e2e.kubectl import Kubectl, Object
from e2e.space import MakeSpace, Space
from e2e.website import NAME, NAMESPACE, Website

HOST = f"{NAME}.{NAMESPACE}.svc"
USER, PASSWORD = "captures", "of the proxy"


def egress(**fields: Any) -> Change:
    """Return a change that gives a class these fields of its egress."""

    def change(spec: Object) -> None:
        spec["egress"].update(fields)

    return change


def test_a_host_that_is_denied_is_blocked(space: Space, site: Website, make_class: MakeClass) -> None:
    name = make_class(egress(deniedHosts=[f"*.{NAMESPACE}.svc"]))
    shot = space.request("denied", site.url("/good?of=denied"), captureClassName=name).until("Failed")
    assert shot.reason == "BlockedByPolicy"
    assert shot.message == f"{HOST} is among the class's egress.deniedHosts"
    assert len(shot.attempts) == 1
    assert site.hits("/good?of=denied") == 0


def test_a_host_that_is_not_among_those_allowed_is_blocked(space: Space, site: Website, make_class: MakeClass) -> None:
    name = make_class(egress(allowedHosts=["example.com"]))
    shot = space.request("other", site.url("/good?of=other"), captureClassName=name).until("Failed")
    assert (shot.reason, shot.message) == ("BlockedByPolicy", f"{HOST} is not among the class's egress.allowedHosts")


def test_a_private_host_that_no_class_allows_is_blocked_with_the_way_out(space: Space, make_class: MakeClass) -> None:
    name = make_class(egress(allowPrivate={"hosts": []}))
    shot = space.request("private", f"http://{HOST}/good?of=private", captureClassName=name).until("Failed")
    assert shot.reason == "BlockedByPolicy"
    assert shot.message.endswith("which is not public: a class may allow it by egress.allowPrivate")


def test_what_a_page_did_not_get_is_in_the_verdict(space: Space, site: Website) -> None:
    wanted = ["10.99.99.99", "169.254.169.254", "minio.kubeshot-system.svc"]
    images = "".join(f'<img src="http://{host}/x.png">' for host in wanted)
    [shot] = space.requests(
        {"wants": {"html": f"<h1>It wants more</h1>{images}<img src={site.url('/good')}>"}}
    ).values()
    verdict = shot.until("Succeeded").status["verdict"]
    assert sorted(verdict["refusedHosts"]) == wanted
    assert verdict["receivedBytes"] > 0


def test_a_page_larger_than_its_class_lets_it_be_fails(space: Space, site: Website, make_class: MakeClass) -> None:
    name = make_class(egress(maxBytes="100Ki"))
    small, large = space.requests(
        {
            size: {"url": site.url(f"/large?kib={size.removeprefix('kib-')}"), "captureClassName": name}
            for size in ("kib-50", "kib-500")
        }
    ).values()
    assert small.until("Succeeded").status["verdict"]["receivedBytes"] >= 50 * 1024
    assert large.until("Failed").reason == "PageTooLarge"
    assert large.message == "the page loaded more than its class's egress.maxBytes of 102400 bytes"


def test_a_class_s_own_proxy_is_gone_through(
    kubectl: Kubectl, space: Space, site: Website, make_class: MakeClass
) -> None:
    secret = {"name": "way-out", "namespace": space.namespace}
    url = f"http://{USER}:{PASSWORD.replace(' ', '%20')}@{HOST}:80"
    kubectl.apply({"apiVersion": "v1", "kind": "Secret", "metadata": secret, "stringData": {"url": url}})
    name = make_class(egress(proxy={"secretName": "way-out"}))
    before = site.all_hits()
    shot = space.request("proxied", site.url("/good?of=proxied"), captureClassName=name).until("Succeeded")
    shown = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
    hits = f"/proxied?of={hashlib.sha256(shown.encode()).hexdigest()[:12]}"
    assert site.hits(hits) > before.get(hits, 0)
    assert shot.status["page"]["title"] == "By proxy"


def test_a_policy_stands_where_captures_are_and_goes_with_its_class(
    kubectl: Kubectl, make_space: MakeSpace, site: Website, make_class: MakeClass
) -> None:
    space, name = make_space(), make_class(egress(deniedHosts=["example.com"]))
    here = ("networkpolicy", f"kubeshot-{name}", "-n", space.namespace)
    assert not kubectl.exists(*here)
    space.request("first", site.url("/good?of=policy"), captureClassName=name).until("Succeeded")
    policy = kubectl.get(*here)
    # It stood there before the pod did.
    [pod] = (space.pod_states(pod)[0] for pod in space.pods_ever())
    assert policy["metadata"]["creationTimestamp"] <= pod["metadata"]["creationTimestamp"]
    labels = policy["spec"]["podSelector"]["matchLabels"]
    assert labels.items() <= pod["metadata"]["labels"].items()
    assert {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}} in [
        peer for rule in policy["spec"]["egress"] for peer in rule["to"]
    ]
    kubectl.run("delete", "captureclass", name)
    eventually(lambda: not kubectl.exists(*here), within=60, what="the policy goes with its class")


def test_a_class_that_keeps_its_own_policies_has_none_of_ours(
    kubectl: Kubectl, space: Space, site: Website, make_class: MakeClass
) -> None:
    name = make_class(egress(networkPolicy="Unmanaged"))
    space.request("own", site.url("/good?of=own-policy"), captureClassName=name).until("Succeeded")
    assert kubectl.items("networkpolicies", "-n", space.namespace) == []
