"""Addresses behind which there is no page, or not the one that was asked for."""

import base64

from zoo.site.exhibit import HTML, Answer, Exhibit, Reply, Visit, framed, page

USERNAME, PASSWORD = "keeper", "bananas"
ON = "<script>on()</script>"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
# The end of an empty archive is an archive.
ZIP = b"PK\5\6" + bytes(18)
CHALLENGE = """<!doctype html><html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"></head><body>
<div class="main-wrapper" role="main"><div class="main-content">
<noscript>Enable JavaScript and cookies to continue</noscript></div></div>
<h2>Verifying you are human. This may take a few seconds.</h2><div id="challenge-error-text"></div>
<script>window._cf_chl_opt = {cvId: '3', cType: 'managed'};</script>
<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1?ray=0"></script></body></html>"""


def status(visit: Visit) -> Answer:
    """Answer with the status of the query, and a page."""
    code = visit.number("code", 404)
    return Answer(framed(f"Status {code}", f"<p>Status {code}</p>").encode(), status=code)


def redirect(visit: Visit) -> Answer:
    """Lead on ?times= times, then to a page with the lamp on."""
    left = visit.number("times", 10)
    return moved(f"/doors/chain?times={left - 1}" if left else "/plain")


def moved(to: str) -> Answer:
    """Answer with a redirect."""
    return Answer(b"", HTML, 302, (("Location", to),))


def guarded(visit: Visit) -> Answer:
    """Answer a page to those who know the password."""
    right = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    if visit.headers.get("authorization") == f"Basic {right}":
        return Answer(framed("Inside", ON).encode())
    return Answer(
        framed("Closed", "<p>Closed").encode(), status=401, headers=(("WWW-Authenticate", 'Basic realm="zoo"'),)
    )


def challenge(visit: Visit) -> Reply:
    """Answer what a widely used bot wall answers, with a status that says nothing is wrong."""
    return Answer(CHALLENGE.encode(), status=visit.number("code", 200), headers=(("cf-mitigated", "challenge"),))


def _attachment() -> Answer:
    return Answer(ZIP, "application/zip", headers=(("Content-Disposition", 'attachment; filename="a.zip"'),))


EXHIBITS = (
    page("/plain", "is a plain page", "the lamp is on", ON),
    Exhibit("/doors/status", status, "answers with the status ?code=", "HTTPError from 400 on"),
    Exhibit("/doors/no-body", lambda _: Answer(status=503), "answers 503 and nothing else", "HTTPError"),
    Exhibit("/doors/no-content", lambda _: Answer(status=204), "answers 204", "UnsupportedContent"),
    Exhibit(
        "/doors/empty", lambda _: Answer(), "answers 200 with a page of no bytes", "a white picture, and no failure"
    ),
    Exhibit("/doors/pdf", lambda _: Answer(PDF, "application/pdf"), "is a PDF", "UnsupportedContent"),
    Exhibit("/doors/download", lambda _: _attachment(), "is a download", "UnsupportedContent"),
    Exhibit("/doors/chain", redirect, "leads on ?times= times, then to /plain", "the lamp is on"),
    Exhibit("/doors/loop", lambda _: moved("/doors/loop"), "leads to itself", "HTTPError"),
    Exhibit(
        "/doors/private",
        lambda _: moved("http://127.0.0.1:8999/"),
        "leads to an address of the visitor's own machine",
        "a failure",
    ),
    Exhibit(
        "/doors/other",
        lambda visit: moved(f"{visit.places.other}/told/request?cookie=sid"),
        "leads to the other origin, which shows its cookie sid",
        "the cookie of the other origin",
    ),
    Exhibit(
        "/doors/guarded", guarded, "asks for a name and a password", "HTTPError without them, the lamp on with them"
    ),
    Exhibit("/doors/challenge", challenge, "is the wall of a bot protection, with status 200", "ChallengePage"),
    page(
        "/doors/refresh",
        "leads to /plain by a meta tag at once",
        "the lamp is on, and the address is that of /plain",
        "<p>Wait ...</p>",
        '<meta http-equiv="refresh" content="0; url=/plain">',
    ),
    page(
        "/doors/late-refresh",
        "reloads itself every 5 minutes",
        "settled; the lamp is on",
        ON,
        '<meta http-equiv="refresh" content="300">',
    ),
    page(
        "/doors/script",
        "leads to /plain by a script, 0.2 seconds after its load",
        "the lamp is on, and the address is that of /plain",
        "<script>setTimeout(() => { location = '/plain' }, 200)</script>",
    ),
    page(
        "/doors/script-to-error",
        "leads to an error by a script, 0.2 seconds after its load",
        "HTTPError",
        "<script>setTimeout(() => { location = '/doors/status?code=404' }, 200)</script>",
    ),
)
