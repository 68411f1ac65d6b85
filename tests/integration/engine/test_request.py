"""What the page is asked with, and that no other origin ever gets it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration.engine.prepared import Prepared, Preparing, make_certificate
from integration.engine.recording import Recorder, Reply, Site, recording
from kubeshot_capture.supplies import Supplies
from kubeshot_contract.reasons import Reason
from kubeshot_contract.spec import SecretKey

TOKEN = "Bearer not-for-others"
HEADERS = [{"name": "Authorization", "value": TOKEN}, {"name": "X-Env", "value": "production"}]
ASKING = """<!doctype html><title>asking</title><img src="{other}/image"><img src="/leaving"><script>
Promise.allSettled(['/own', '{other}/fetched', '/leaving'].map(address => fetch(address)))
  .then(() => { document.title = 'asked' })</script><iframe src="{other}/frame"></iframe>"""
LEAVING = Reply(status=302, headers={"Location": "{other}/arrived"})
SITE: Site = {
    "/": ASKING,
    "/own": "own",
    "/leaving": LEAVING,
    "/arrived": "arrived",
    "/fetched": "",
    "/frame": "<p>frame",
}
SECRET = "headers", "token"


async def until_asked(prepared: Prepared) -> None:
    await prepared.page.wait_for_function("document.title === 'asked'")


async def title(prepared: Prepared) -> str:
    return await prepared.page.title()


def of_secret(name: str, key: str) -> dict[str, Any]:
    return {"valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


def test_headers_go_to_the_own_origin_and_to_no_other(prepare: Preparing, server: Recorder) -> None:
    server.site = SITE
    prepare(until_asked, url=server.own + "/", request={"headers": HEADERS})
    own = [asked for asked in server.asked if asked.host == "127.0.0.1"]
    others = [asked for asked in server.asked if asked.host == "localhost"]
    assert {asked.path for asked in own} >= {"/", "/own", "/leaving"}
    assert all(asked.headers["authorization"] == TOKEN for asked in own)
    assert all(asked.headers["x-env"] == "production" for asked in own)
    assert {asked.path for asked in others} >= {"/image", "/fetched", "/frame", "/arrived"}
    assert not [asked for asked in others if "authorization" in asked.headers or "x-env" in asked.headers]


def test_headers_stay_behind_when_the_page_itself_moves_to_another_origin(prepare: Preparing, server: Recorder) -> None:
    server.site = SITE
    prepare(title, url=server.own + "/leaving", request={"headers": HEADERS})
    assert server.to("/leaving").headers["authorization"] == TOKEN
    arrived = server.to("/arrived", host="localhost").headers
    assert "authorization" not in arrived
    assert "x-env" not in arrived


def test_headers_follow_a_redirect_inside_their_origin(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": Reply(status=302, headers={"Location": "/inside"}), "/inside": "<p>inside"}
    prepare(title, url=server.own + "/", request={"headers": HEADERS})
    assert server.to("/inside").headers["authorization"] == TOKEN


def test_a_header_replaces_the_browsers_own(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": "<p>page"}
    prepare(title, url=server.own + "/", request={"headers": [{"name": "accept-language", "value": "tlh"}]})
    assert server.to("/").headers["accept-language"] == "tlh"


def test_a_header_with_a_secrets_value(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": "<p>page"}
    # Made from a file, it ends in a line break.
    supplies = Supplies(secrets={SecretKey(*SECRET): f"{TOKEN}\n"})
    headers = [{"name": "Authorization", **of_secret(*SECRET)}]
    prepare(title, supplies=supplies, url=server.own + "/", request={"headers": headers})
    assert server.to("/").headers["authorization"] == TOKEN


def test_a_value_of_several_lines_is_refused_without_being_told(prepare: Preparing, server: Recorder) -> None:
    supplies = Supplies(secrets={SecretKey(*SECRET): "first\nsecond"})
    headers = [{"name": "X-Key", **of_secret(*SECRET)}]
    failure = prepare.failure(supplies=supplies, url=server.own + "/", request={"headers": headers})
    assert failure
    assert failure.reason is Reason.INVALID_REQUEST
    assert "first" not in str(failure)


@pytest.mark.parametrize("block", [{}, {"urls": ["*/nothing"]}, {"resourceTypes": ["Font"]}], ids=str)
def test_headers_hold_beside_blocking(prepare: Preparing, server: Recorder, block: dict[str, Any]) -> None:
    server.site = SITE
    prepare(until_asked, url=server.own + "/", request={"headers": HEADERS}, prepare={"block": block})
    assert server.to("/own").headers["authorization"] == TOKEN
    assert not [asked for asked in server.asked if asked.host == "localhost" and "x-env" in asked.headers]


def test_a_cookie_is_there_before_the_page_is_and_only_at_its_host(prepare: Preparing, server: Recorder) -> None:
    server.site = SITE
    prepare(until_asked, url=server.own + "/", request={"cookies": [{"name": "sid", "value": "7f3a"}]})
    assert server.to("/").headers["cookie"] == "sid=7f3a"
    assert not [asked for asked in server.asked if asked.host == "localhost" and "cookie" in asked.headers]


def test_a_cookie_of_another_domain(prepare: Preparing, server: Recorder) -> None:
    server.site = SITE
    cookie = {"name": "sid", "value": "7f3a", "domain": "localhost"}
    prepare(title, url=server.own + "/leaving", request={"cookies": [cookie]})
    assert "cookie" not in server.to("/leaving").headers
    assert server.to("/arrived", host="localhost").headers["cookie"] == "sid=7f3a"


def test_a_cookie_of_another_path_stays_at_home(prepare: Preparing, server: Recorder) -> None:
    server.site = SITE
    prepare(until_asked, url=server.own + "/", request={"cookies": [{"name": "sid", "value": "1", "path": "/own"}]})
    assert "cookie" not in server.to("/").headers
    assert server.to("/own").headers["cookie"] == "sid=1"


def test_a_cookie_that_the_browser_refuses_is_named_and_its_value_is_not(prepare: Preparing, server: Recorder) -> None:
    cookies = [{"name": "sid", "value": "se\x01cret"}]
    failure = prepare.failure(url=server.own + "/", request={"cookies": cookies})
    assert failure
    assert failure.reason is Reason.INVALID_REQUEST
    assert "sid" in str(failure)
    assert "cret" not in str(failure)


def logged_in(username: str = "ann", password: str = "p:w") -> tuple[Supplies, dict[str, Any]]:
    secrets = {SecretKey("login", "username"): username, SecretKey("login", "password"): password}
    return Supplies(secrets=secrets), {"basicAuth": {"secretRef": {"name": "login"}}}


GUARDED = Reply("<p>closed", status=401, headers={"WWW-Authenticate": 'Basic realm="test"'})


def test_a_password_opens_the_page(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": GUARDED}
    supplies, request = logged_in()
    assert prepare(title, supplies=supplies, url=server.own + "/", request=request) == "Basic YW5uOnA6dw=="


def test_a_password_is_for_the_own_origin(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": "<img src='{other}/guarded'><iframe src='{other}/guarded'></iframe>", "/guarded": GUARDED}
    supplies, request = logged_in()
    prepare(title, supplies=supplies, url=server.own + "/", request=request)
    assert server.to("/guarded", host="localhost")
    assert not [asked for asked in server.asked if "authorization" in asked.headers]


def test_without_a_password_the_challenge_is_an_error(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": GUARDED}
    failure = prepare.failure(url=server.own + "/")
    assert failure
    assert failure.reason is Reason.HTTP_ERROR
    assert "401" in str(failure)


def test_a_wrong_password_ends(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": replace(GUARDED, locked=True)}
    supplies, request = logged_in()
    failure = prepare.failure(supplies=supplies, url=server.own + "/", request=request)
    assert failure
    assert failure.reason is Reason.HTTP_ERROR


STATE = {
    "cookies": [
        {
            "name": "sid",
            "value": "from-the-state",
            "domain": "127.0.0.1",
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
        }
    ],
}


def test_a_session_brings_cookies_and_local_storage(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": "<p>page"}
    origins = [{"origin": server.own, "localStorage": [{"name": "theme", "value": "dusk"}]}]
    supplies = Supplies(storage_state=json.dumps({**STATE, "origins": origins}))

    async def theme(prepared: Prepared) -> Any:
        return await prepared.ask("localStorage.getItem('theme')")

    state = {"secretKeyRef": {"name": "session", "key": "state.json"}}
    found = prepare(theme, supplies=supplies, url=server.own + "/", request={"storageState": state})
    assert found == "dusk"
    assert server.to("/").headers["cookie"] == "sid=from-the-state"


@pytest.mark.parametrize(
    "text",
    ["{secret", "[]", '"secret"', '{"cookies": 1}', '{"cookies": [{"name": "secret"}]}', '{"origins": ["secret"]}'],
)
def test_a_session_that_is_none_is_refused_without_being_told(prepare: Preparing, text: str) -> None:
    failure = prepare.failure(
        supplies=Supplies(storage_state=text),
        html="<p>page",
        request={"storageState": {"secretKeyRef": {"name": "session", "key": "state.json"}}},
    )
    assert failure
    assert failure.reason is Reason.INVALID_REQUEST
    assert "secret" not in str(failure)


@pytest.mark.parametrize(("ignore", "reason"), [(False, Reason.TLS_FAILED), (True, None)], ids=["checked", "ignored"])
def test_certificates(prepare: Preparing, tmp_path: Path, ignore: bool, reason: Reason | None) -> None:
    with recording(make_certificate(tmp_path)) as secure:
        secure.site = {"/": "<p>page"}
        assert prepare.reason(url=secure.own + "/", request={"ignoreHTTPSErrors": ignore}) is reason
