"""No page reaches what is not public, in whatever way it tries: not one packet goes there.

Each page is captured in a real pod, isolated and warm, whose network holds the forbidden addresses and has no way out.
"""

from collections import Counter
from typing import Any

import pytest

from e2e.classes import MakeClass
from e2e.kubectl import Kubectl, Object
from hostile.dens import Den, Outcome
from hostile.plan import DIRECT, EVIL, inside_of, url_of
from hostile.table import BY_CHROMIUM, GUARD, Row
from hostile.underworld.names import DOMAIN
from hostile.underworld.servers import SECRET
from hostile.underworlds import FORBIDDEN

LONG = {"wait": {"timeout": "100s", "expression": "window.over === true"}, "deadline": "5m"}


def reached(outcome: Outcome) -> dict[str, Any]:
    """Return all that should not have been reached."""
    report = outcome.report
    loot = [item for brought in report.loot for item in brought if SECRET in str(item)]
    found = {"forbidden": report.forbidden, "elsewhere": report.elsewhere, "knocks": report.knocks, "loot": loot}
    return {name: it for name, it in found.items() if it}


def note(table: list[Row], den: Den, what: str, outcome: Outcome, layer: str = GUARD) -> None:
    """Write down one try."""
    report = outcome.report
    packets = sum(report.forbidden.values()) + sum(report.elsewhere.values())
    table.append(Row(den.name, what, 1, packets, int("loot" in reached(outcome)), layer))


def refused(outcome: Outcome) -> list[str]:
    """Return the hosts that the verdict names."""
    return list(outcome.shot.status["verdict"].get("refusedHosts", []))


@pytest.fixture(scope="module")
def attacked(den: Den) -> Outcome:
    """The page that tries everything, when it is over."""
    return den.capture(f"{EVIL}/attack.html", **LONG)


def test_a_page_that_tries_everything_reaches_nothing(den: Den, attacked: Outcome, table: list[Row]) -> None:
    assert attacked.shot.phase == "Succeeded", attacked.shot.message
    assert reached(attacked) == {}
    tried = Counter(item["way"] for brought in attacked.report.loot for item in brought)
    table.extend(Row(den.name, f"a page: {way}", n, 0, 0, BY_CHROMIUM.get(way, GUARD)) for way, n in tried.items())
    assert tried.keys() >= BY_CHROMIUM.keys()


def test_it_tried_everything(attacked: Outcome) -> None:
    tried = Counter(item["way"] for brought in attacked.report.loot for item in brought)
    assert len(tried) >= 45
    assert min(tried.values()) >= 3
    assert attacked.report.asked[f"rebind-in-page.{DOMAIN}"] >= 1


def test_the_verdict_names_what_was_refused(attacked: Outcome) -> None:
    assert len(refused(attacked)) == 8, "as many as there is room for"


def test_nothing_inside_the_cluster_was_reached(attacked: Outcome, kubectl: Kubectl) -> None:
    went = {where.split()[0] + ":" + where.split("/")[1] for where in attacked.report.inside}
    targets = inside_of(kubectl)
    # The capture itself speaks to the dispatch port and to the bucket.
    doors = {url.split("/")[2] for what, url in targets.items() if what in ("the API server", "the kubelet")}
    doors |= {f"{door}:443" for door in doors}
    assert went & doors == set()
    brought = [item for items in attacked.report.loot for item in items if item["url"] in targets.values()]
    assert brought, "it was tried"
    assert {item["outcome"] for item in brought} <= {"error", "error: TypeError", "silence", "loaded", "opened"}


@pytest.mark.parametrize("url", DIRECT)
def test_a_request_for_it_fails_as_blocked(den: Den, table: list[Row], url: str) -> None:
    outcome = den.capture(url, wait={"timeout": "20s"})
    note(table, den, "a request: its own URL, in every spelling", outcome)
    assert (outcome.shot.phase, outcome.shot.reason) == ("Failed", "BlockedByPolicy"), outcome.shot.message
    assert len(outcome.shot.attempts) == 1, "it is final"
    assert reached(outcome) == {}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_it_fails_as_blocked(den: Den, table: list[Row], status: int) -> None:
    outcome = den.capture(f"{EVIL}/redirect?status={status}&to={url_of(FORBIDDEN[0])}", wait={"timeout": "20s"})
    note(table, den, "a request: redirects", outcome)
    assert (outcome.shot.phase, outcome.shot.reason) == ("Failed", "BlockedByPolicy"), outcome.shot.message
    assert reached(outcome) == {}


def test_a_name_that_changes_its_mind_is_asked_once(den: Den, table: list[Row]) -> None:
    name = f"rebind-{den.space.namespace}.{DOMAIN}"
    outcome = den.capture(f"http://{name}/attack.html", **LONG)
    assert outcome.shot.phase == "Succeeded", outcome.shot.message
    assert outcome.report.asked[name] == 1
    note(table, den, "a request: a name that leads elsewhere when it is asked again", outcome)
    assert reached(outcome) == {}


def test_of_a_name_with_two_addresses_the_public_one_is_taken(den: Den, table: list[Row]) -> None:
    outcome = den.capture(f"http://both.{DOMAIN}/plain.html")
    note(table, den, "a request: a name with a public address and another", outcome)
    assert outcome.shot.phase == "Succeeded", outcome.shot.message
    assert reached(outcome) == {}


def test_a_page_that_reads_files_and_the_browsers_own_pages_gets_none(den: Den, table: list[Row]) -> None:
    outcome = den.capture(f"{EVIL}/local.html", **LONG)
    assert outcome.shot.phase == "Succeeded", outcome.shot.message
    assert outcome.shot.status["page"]["finalURL"] == f"{EVIL}/local.html"
    [brought] = outcome.report.loot
    assert len(brought) >= 12
    what = "a page: file:, view-source:, chrome: and the like, by fetch, iframe, window and location"
    table.append(Row(den.name, what, len(brought), 0, 0, "Chromium"))
    assert [item for item in brought if "root:" in item["outcome"] or "CAPTURE_" in item["outcome"]] == []


def test_a_class_that_allows_it_reaches_it(den: Den, make_class: MakeClass) -> None:
    """All of the above would hold if nothing were counted."""

    def allow(spec: Object) -> None:
        spec["egress"]["allowPrivate"]["cidrs"] = ["169.254.169.254/32"]

    if den.name == "warm":
        pytest.skip("the pod that is watched has the class of the other tests")
    den.class_name = make_class(allow)
    outcome = den.capture(url_of(FORBIDDEN[0]))
    assert outcome.shot.phase == "Succeeded", outcome.shot.message
    assert "169.254.169.254 80" in outcome.report.knocks
