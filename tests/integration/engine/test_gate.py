"""Addresses without a page, and pages that are not the ones that were asked for: each is named, or shown as it is."""

from pathlib import Path
from typing import Any

import pytest

from integration.engine.prepared import Prepared, Preparing, make_certificate
from integration.engine.recording import Recorder, Reply, recording
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
ATTACHED = {"Content-Disposition": 'attachment; filename="a.zip"'}
UNSUPPORTED = Reason.UNSUPPORTED_CONTENT

CLOUDFLARE = """<!doctype html><title>Just a moment...</title><div class=main-wrapper><noscript>Enable JavaScript
</noscript></div><script>window._cf_chl_opt = {cvId: '3', cType: 'managed'}</script>"""
DATADOME = """<!doctype html><title>example.com</title><p>Please enable JS and disable any ad blocker</p>
<script>var dd = {'rt': 'c', 'host': 'geo.captcha-delivery.com'}</script>
<script src="{other}/captcha-delivery.com/c.js"></script>"""
HUMAN = (
    "<!doctype html><title>Access to this page has been denied</title><h1>Press & Hold</h1><div id=px-captcha></div>"
)
AKAMAI = """<!doctype html><title>Access Denied</title><h1>Access Denied</h1>
You don't have permission to access "http://example.com/" on this server.<p>Reference #18.2d351ab8.1700000000.a4e16ab
<p>https://errors.edgesuite.net/18.2d351ab8.1700000000.a4e16ab"""
INCAPSULA = """<html><head><meta name=robots content="noindex,nofollow"></head><body>
<iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=9&xinfo=1">Request unsuccessful. Incapsula incident ID: 1
</iframe></body></html>"""
RECAPTCHA = """<!doctype html><title>Sorry...</title><p>Our systems have detected unusual traffic from your network.
<form action=/sorry method=post><div class=g-recaptcha></div><input type=hidden name=q><input type=submit></form>"""
TURNSTILE = "<!doctype html><title>Check</title><h1>Verify you are human</h1><div class=cf-turnstile></div>"
AWS = "<!doctype html><title></title><script>window.gokuProps = {key: 'x'}</script><div id=challenge-container></div>"


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        pytest.param(CLOUDFLARE, "Cloudflare", id="Cloudflare by its script"),
        pytest.param(
            Reply("<p>x", status=403, headers={"cf-mitigated": "challenge"}), "Cloudflare", id="Cloudflare by a header"
        ),
        pytest.param(Reply(DATADOME, status=403), "DataDome", id="DataDome"),
        pytest.param(Reply(HUMAN, status=403), "HUMAN", id="HUMAN"),
        pytest.param(Reply(AKAMAI, status=403), "Akamai", id="Akamai"),
        pytest.param(INCAPSULA, "Imperva", id="Imperva"),
        pytest.param(Reply(RECAPTCHA, status=429), "reCAPTCHA", id="reCAPTCHA"),
        pytest.param(TURNSTILE, "Turnstile", id="Turnstile"),
        pytest.param(Reply(AWS, status=202, headers={"x-amzn-waf-action": "challenge"}), "AWS WAF", id="AWS WAF"),
    ],
)
def test_bot_walls_are_named(prepare: Preparing, server: Recorder, reply: Reply | str, name: str) -> None:
    server.site = {"/": reply}
    failure = prepare.failure(url=server.own + "/")
    assert failure
    assert failure.reason is Reason.CHALLENGE_PAGE
    assert name in str(failure)
    unasked = prepare.reason(url=server.own + "/", failOn={"challenge": False, "httpStatus": False})
    assert unasked is None


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            "<title>Contact</title><form><input name=mail><textarea></textarea><div class=g-recaptcha></div>"
            "<p>I'm not a robot</p><button>Send</button></form>",
            id="a form with a captcha",
        ),
        pytest.param(
            "<title>Shop</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script><p>Goods",
            id="a page that Cloudflare watches",
        ),
        pytest.param("<title>Are you human?</title><p>A story about robots, and what they say.", id="a story"),
        pytest.param(
            "<title>News</title>" + "<p>verify you are human</p>" * 400 + "<div class=h-captcha></div>",
            id="a long page",
        ),
    ],
)
def test_pages_with_a_captcha_are_pages(prepare: Preparing, server: Recorder, page: str) -> None:
    server.site = {"/": page}
    assert prepare.reason(url=server.own + "/") is None


@pytest.mark.parametrize(
    ("reply", "reason", "words"),
    [
        pytest.param(Reply(PDF, content_type="application/pdf"), UNSUPPORTED, "application/pdf", id="a PDF"),
        pytest.param(
            Reply(b"PK\5\6", content_type="application/zip", headers=ATTACHED), UNSUPPORTED, "zip", id="a file"
        ),
        pytest.param(Reply(b"x", content_type="application/x-thing"), UNSUPPORTED, "x-thing", id="an unknown type"),
        pytest.param(Reply(status=204), UNSUPPORTED, "204", id="no content"),
        pytest.param(Reply("<p>x", status=404), Reason.HTTP_ERROR, "404", id="not found"),
        pytest.param(Reply(status=503), Reason.HTTP_ERROR, "503", id="an error without a body"),
        pytest.param(
            Reply(status=302, headers={"Location": "/"}), Reason.HTTP_ERROR, "REDIRECTS", id="a redirect loop"
        ),
        pytest.param(
            Reply(status=302, headers={"Location": "data:text/html,x"}), Reason.HTTP_ERROR, "REDIRECT", id="to data:"
        ),
        pytest.param(
            Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}),
            Reason.INVALID_REQUEST,
            "PORT",
            id="a bad port",
        ),
    ],
)
def test_what_is_no_page_is_named(
    prepare: Preparing, server: Recorder, reply: Reply, reason: Reason, words: str
) -> None:
    server.site = {"/": reply}
    failure = prepare.failure(url=server.own + "/")
    assert failure
    assert failure.reason is reason
    assert words in str(failure)


def test_a_certificate_that_nobody_signed(prepare: Preparing, tmp_path: Path) -> None:
    with recording(make_certificate(tmp_path)) as secure:
        failure = prepare.failure(url=secure.own + "/")
    assert failure
    assert failure.reason is Reason.TLS_FAILED
    assert "CERT" in str(failure)


@pytest.mark.parametrize("url", ["data:text/html,x", "blob:http://a/1", "file:///etc/passwd", "javascript:alert(1)"])
def test_other_schemes_are_refused(prepare: Preparing, url: str) -> None:
    assert prepare.reason(url=url) is Reason.INVALID_REQUEST


def seen(prepare: Preparing, server: Recorder, until: str) -> Any:
    """Return the text of the page as soon as its title is this one."""

    async def text(prepared: Prepared) -> Any:
        await prepared.page.wait_for_function(f"document.title === {until!r}")
        return await prepared.ask("document.body.innerText")

    return prepare(text, url=server.own + "/")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<meta http-equiv=refresh content='0; url=/second'>", id="a meta refresh"),
        pytest.param("<script>location = '/second'</script>", id="a script"),
        pytest.param("<script>setTimeout(() => location.replace('/second'), 200)</script>", id="a late script"),
        pytest.param(
            "<script>const page = new Blob(['<title>second</title>there'], {type: 'text/html'});"
            "location = URL.createObjectURL(page)</script>",
            id="a blob",
        ),
        pytest.param("<form action=/second id=f></form><script>f.submit()</script>", id="a form"),
    ],
)
def test_pages_that_move_on_are_followed(prepare: Preparing, server: Recorder, page: str) -> None:
    server.site = {"/": page, "/second": "<title>second</title>there", "/second?": "<title>second</title>there"}
    assert seen(prepare, server, "second") == "there"


def test_a_page_that_leads_to_data_stays(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": "<title>first</title>here<script>location = 'data:text/html,there'</script>"}
    assert seen(prepare, server, "first") == "here"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        pytest.param(
            "<title>t</title>Grüße".encode("latin-1"), "text/html; charset=iso-8859-1", "Grüße", id="declared"
        ),
        pytest.param("<title>t</title>Gr\xfc".encode("latin-1"), "text/html; charset=utf-8", "Gr\ufffd", id="wrong"),
        pytest.param("<meta charset=utf-8><title>t</title>Grüße".encode(), "text/html", "Grüße", id="in the page"),
        pytest.param(b"<title>t</title>ok", "text/html; charset=klingon", "ok", id="unknown"),
    ],
)
def test_character_sets(prepare: Preparing, server: Recorder, body: bytes, content_type: str, text: str) -> None:
    server.site = {"/": Reply(body, content_type=content_type)}
    assert seen(prepare, server, "t") == text


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("console.error('on fire', 7)", "on fire 7"),
        ("null.fire()", "null"),
        ("Promise.reject(new Error('nobody caught this'))", "nobody caught this"),
        ("document.body.append(Object.assign(new Image(), {src: '/none.png'}))", "404"),
    ],
    ids=["written", "thrown", "rejected", "not loaded"],
)
def test_errors_in_the_console_fail_where_they_count(
    prepare: Preparing, server: Recorder, script: str, words: str
) -> None:
    async def errors(prepared: Prepared) -> list[str]:
        await prepared.page.wait_for_timeout(1500)
        return prepared.tab.console.errors

    # Long after the gate has looked.
    server.site = {
        "/": f"<p>page<script>addEventListener('load', () => setTimeout(() => {{ {script} }}, 800))</script>"
    }
    (error,) = prepare(errors, url=server.own + "/", failOn={"consoleError": True})
    assert words in error
    assert prepare(errors, url=server.own + "/") == []


def test_an_error_before_the_gate_stops_there(prepare: Preparing) -> None:
    page = "<script>console.error('at once')</script><p>page"
    assert prepare.reason(html=page, failOn={"consoleError": True}) is Reason.SCRIPT_FAILED
    assert prepare.reason(html=page) is None


def test_warnings_are_no_errors(prepare: Preparing) -> None:
    assert prepare.reason(html="<script>console.warn('x')</script><p>", failOn={"consoleError": True}) is None


def test_a_page_without_its_load_event_goes_on_and_says_so(prepare: Preparing, server: Recorder) -> None:
    async def how(prepared: Prepared) -> tuple[Outcome, list[str]]:
        return prepared.outcome, prepared.notes

    server.silent = {"/never"}
    server.site = {"/": "<p>page<img src=/never>"}
    outcome, notes = prepare(how, url=server.own + "/")
    assert outcome is Outcome.TIMED_OUT
    (note,) = notes
    assert "load event" in note
