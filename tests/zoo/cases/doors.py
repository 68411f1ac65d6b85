"""Cases of addresses behind which there is no page, or not the one that was asked for."""

from typing import Any

from kubeshot_contract.reasons import Reason
from zoo.case import Case, Complaint
from zoo.cases.requesting import from_secret
from zoo.checks import WHITE, both, colour, fails, lamp_is_on, settles, succeeds
from zoo.developed import Developed


def failure(name: str, page: str, reason: Reason, *words: str, **more: Any) -> Case:
    """Return a case of an address that gives this reason, with these words in its message."""
    proves = more.pop("proves", f"{page} is a failure that is called {reason}")
    return Case(name, proves, page, fails(reason, *words), reason=reason, **more)


def at(path: str) -> Any:
    """Return a check of the path that was reached."""

    def check(shot: Developed) -> None:
        assert shot.final_url.endswith(path), shot.final_url

    return check


def is_kept_out(shot: Developed) -> None:
    """Check that nothing is stored of an address of the visitor's own machine."""
    assert shot.reason in (Reason.BLOCKED_BY_POLICY, Reason.CONNECTION_FAILED)
    assert dict(shot.outputs) == {}


CASES = (
    failure("missing-page", "/doors/status?code=404", Reason.HTTP_ERROR, "404"),
    failure("broken-server", "/doors/status?code=500", Reason.HTTP_ERROR, "500"),
    failure("no-body", "/doors/no-body", Reason.HTTP_ERROR, "503"),
    failure("unknown-name", "http://no-such-host.invalid/", Reason.NAME_NOT_RESOLVED),
    failure("refused", "@refused/", Reason.CONNECTION_FAILED),
    failure("loop", "/doors/loop", Reason.HTTP_ERROR, complaints=(Complaint.REDIRECTS,)),
    Case(
        "chain",
        "ten redirects in a row lead to the page",
        "/doors/chain?times=10",
        both(lamp_is_on, at("/plain")),
        complaints=(Complaint.REDIRECTS,),
    ),
    failure("pdf", "/doors/pdf", Reason.UNSUPPORTED_CONTENT, "pdf", complaints=(Complaint.PDF_AND_DOWNLOADS,)),
    failure("download", "/doors/download", Reason.UNSUPPORTED_CONTENT, complaints=(Complaint.PDF_AND_DOWNLOADS,)),
    failure("no-content", "/doors/no-content", Reason.UNSUPPORTED_CONTENT, "204", complaints=(Complaint.NO_CONTENT,)),
    Case(
        "empty",
        "a page of no bytes is a white picture",
        "/doors/empty",
        both(succeeds, colour((100, 100), WHITE)),
        complaints=(Complaint.NO_CONTENT,),
    ),
    Case(
        "empty-body",
        "a page without anything in it is a white picture",
        "/content/empty-body",
        both(succeeds, colour((100, 100), WHITE)),
        complaints=(Complaint.NO_CONTENT,),
    ),
    failure("closed", "/doors/guarded", Reason.HTTP_ERROR, "401", complaints=(Complaint.HTTP_AUTH,)),
    Case(
        "wrong-password",
        "a wrong password is a failure, not an endless question",
        "/doors/guarded",
        fails("HTTPError", "401"),
        {"request": {"basicAuth": {"secretRef": {"name": "stranger"}}}},
        complaints=(Complaint.HTTP_AUTH,),
        secrets={"stranger": {"username": "stranger", "password": "unknown-password"}},
    ),
    failure("challenge", "/doors/challenge", Reason.CHALLENGE_PAGE, complaints=(Complaint.BOT_WALLS,)),
    failure("challenge-403", "/doors/challenge?code=403", Reason.CHALLENGE_PAGE, complaints=(Complaint.BOT_WALLS,)),
    Case(
        "private-redirect",
        "a redirect to the visitor's own machine stores nothing",
        "/doors/private",
        is_kept_out,
        complaints=(Complaint.PRIVATE_REDIRECT,),
    ),
    Case(
        "refresh",
        "a meta refresh is followed",
        "/doors/refresh",
        both(lamp_is_on, at("/plain")),
        complaints=(Complaint.META_REFRESH,),
    ),
    Case(
        "late-refresh",
        "a meta refresh in five minutes is not waited for",
        "/doors/late-refresh",
        both(lamp_is_on, settles),
        complaints=(Complaint.META_REFRESH,),
    ),
    Case("script-leads-on", "a script that leads on is followed", "/doors/script", both(lamp_is_on, at("/plain"))),
    failure("script-leads-to-error", "/doors/script-to-error", Reason.HTTP_ERROR, "404"),
    failure("nothing-to-see", "/content/blank-canvas", Reason.BLANK_IMAGE, complaints=(Complaint.BLANK_FRAMES,)),
    Case(
        "missing-secret",
        "a key that the Secret does not have is a failure that names both",
        "/plain",
        fails("InvalidRequest", "tokens", "nothing"),
        {"request": {"headers": [{"name": "X-Zoo", **from_secret("tokens", "nothing")}]}},
        reason=Reason.INVALID_REQUEST,
    ),
    Case(
        "unknown-device",
        "a device that nobody knows is a failure that names it",
        "/plain",
        fails("InvalidRequest", "Typewriter"),
        {"device": "Typewriter 3"},
        fields=("device",),
        reason=Reason.INVALID_REQUEST,
    ),
    Case(
        "unknown-timezone",
        "a time zone that nobody knows is a failure that names it",
        "/plain",
        fails("InvalidRequest", "Moon/Crater"),
        {"emulate": {"timezone": "Moon/Crater"}},
        fields=("emulate.timezone",),
        reason=Reason.INVALID_REQUEST,
    ),
)
