"""What a capture counts against."""

import pytest

from kubeshot_operator.api.limits import Share, host_of
from kubeshot_operator.decide.tally import Tally
from unit.contract.make import make_spec


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com/a?b=c", "example.com"),
        ("http://EXAMPLE.com:8080/", "example.com"),
        ("http://example.com./", "example.com"),
        ("http://[2001:DB8::1]:80/", "2001:db8::1"),
        ("http://ex\u2100mple.com/x", "ex\u2100mple.com"),
    ],
    ids=["plain", "capitals and a port", "a dot at the end", "an address", "a name that Python refuses"],
)
def test_host_is_the_one_of_the_url(url: str, host: str) -> None:
    assert host_of(make_spec(url=url)) == host


def test_page_that_is_given_has_no_host() -> None:
    assert host_of(make_spec(html="<p>")) == ""
    assert host_of(make_spec(htmlFrom={"configMapKeyRef": {"name": "pages", "key": "a"}})) == ""


def test_captures_are_counted_in_every_way() -> None:
    tally = Tally()
    shares = [Share("a", "team", "x"), Share("a", "other", "x"), Share("a", "team", ""), Share("b", "team", "x")]
    for share in shares:
        tally.add(share)
    assert (tally.of_class("a"), tally.in_namespace("a", "team"), tally.of_host("a", "x")) == (3, 2, 2)
    assert tally.of_host("a", "") == 0, "pages without a host are not too many of one"
    for share in shares:
        tally.remove(share)
    assert (tally.of_class("a"), tally.in_namespace("a", "team"), tally.of_host("a", "x")) == (0, 0, 0)
