"""A spec is read field by field, into values that say what it says."""

from typing import Any

import pytest

from kubeshot_cli.schema import with_defaults
from kubeshot_contract.actions import (
    Action,
    Click,
    Evaluate,
    Hover,
    Pause,
    Press,
    ScrollIntoView,
    ScrollTo,
    Select,
    Type,
    WaitForExpression,
    WaitForSelector,
)
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.options import (
    ColorScheme,
    Consent,
    Dialogs,
    Media,
    OnTimeout,
    ReducedMotion,
    ResourceType,
    Until,
)
from kubeshot_contract.parse_spec import parse_spec
from kubeshot_contract.spec import (
    DEFAULT_VIEWPORT,
    Block,
    ConfigMapSource,
    Cookie,
    Device,
    Emulation,
    FailOn,
    Geolocation,
    Header,
    HTMLSource,
    Preparation,
    RequestOptions,
    SecretKey,
    URLSource,
    Viewport,
    WaitRule,
)
from unit.contract.make import SPEC_SCHEMA, make_spec, raw_spec

TOKEN = SecretKey("login", "token")
FROM_SECRET = {"secretKeyRef": {"name": "login", "key": "token"}}
NOTHING_BLOCKED = Block(ads=False, media=False, resource_types=(), urls=())


def test_a_url_alone_has_every_default() -> None:
    spec = parse_spec(with_defaults({"url": "http://a/"}, SPEC_SCHEMA))
    assert spec.source == URLSource("http://a/")
    assert spec.screen == DEFAULT_VIEWPORT
    assert spec.emulate == Emulation(None, None, None, None, None, None, None, java_script=True, clock=None)
    assert spec.request == RequestOptions((), (), None, None, ignore_https_errors=False)
    assert spec.prepare == Preparation((), (), (), (), None, Consent.DECLINE, Dialogs.DISMISS, NOTHING_BLOCKED)
    assert spec.prepare.block.is_off
    assert spec.wait == WaitRule(Until.SETTLED, None, None, 0, 20_000, OnTimeout.CAPTURE)
    assert spec.fail_on == FailOn(http_status=True, blank=True, challenge=True, console_error=False)
    assert [output.name for output in spec.outputs] == ["screenshot"]


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        pytest.param({"url": "http://a/"}, URLSource("http://a/"), id="a url"),
        pytest.param({"html": "<p>"}, HTMLSource("<p>"), id="a text"),
        pytest.param(
            {"htmlFrom": {"configMapKeyRef": {"name": "pages", "key": "a.html"}}},
            ConfigMapSource("pages", "a.html"),
            id="a ConfigMap",
        ),
    ],
)
def test_a_page_is_read(fields: dict[str, Any], source: object) -> None:
    assert make_spec(**fields).source == source


@pytest.mark.parametrize(
    ("fields", "screen"),
    [
        pytest.param({"viewport": {}}, DEFAULT_VIEWPORT, id="an empty window"),
        pytest.param({"viewport": {"height": 5}}, Viewport(1280, 5, 1.0), id="part of a window"),
        pytest.param({"viewport": {"width": 4, "height": 5, "scale": 1.5}}, Viewport(4, 5, 1.5), id="a window"),
        pytest.param({"device": "iPhone 15"}, Device("iPhone 15"), id="a device"),
    ],
)
def test_a_screen_is_read(fields: dict[str, Any], screen: object) -> None:
    assert make_spec(**fields).screen == screen


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ({"colorScheme": "Dark"}, "color_scheme", ColorScheme.DARK),
        ({"reducedMotion": "Reduce"}, "reduced_motion", ReducedMotion.REDUCE),
        ({"media": "Print"}, "media", Media.PRINT),
        ({"locale": "de-DE"}, "locale", "de-DE"),
        ({"timezone": "Europe/Berlin"}, "timezone", "Europe/Berlin"),
        ({"geolocation": {"latitude": 1, "longitude": -2.5}}, "geolocation", Geolocation(1.0, -2.5, 10.0)),
        ({"geolocation": {"latitude": 1, "longitude": 2, "accuracy": 3}}, "geolocation", Geolocation(1.0, 2.0, 3.0)),
        ({"userAgent": "me"}, "user_agent", "me"),
        ({"javaScript": False}, "java_script", False),
        ({"clock": "2026-01-01T00:00:00Z"}, "clock", "2026-01-01T00:00:00Z"),
    ],
)
def test_what_the_page_is_told_is_read(fields: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(make_spec(emulate=fields).emulate, attribute) == value


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ({"headers": [{"name": "X-A", "value": ""}]}, "headers", (Header("X-A", ""),)),
        ({"headers": [{"name": "X-A", "valueFrom": FROM_SECRET}]}, "headers", (Header("X-A", TOKEN),)),
        ({"cookies": [{"name": "sid", "value": "1"}]}, "cookies", (Cookie("sid", "1", None, "/"),)),
        (
            {"cookies": [{"name": "sid", "valueFrom": FROM_SECRET, "domain": "a.b", "path": "/c"}]},
            "cookies",
            (Cookie("sid", TOKEN, "a.b", "/c"),),
        ),
        ({"basicAuth": {"secretRef": {"name": "login"}}}, "basic_auth", "login"),
        ({"storageState": FROM_SECRET}, "storage_state", TOKEN),
        ({"ignoreHTTPSErrors": True}, "ignore_https_errors", True),
    ],
)
def test_what_the_page_is_asked_with_is_read(fields: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(make_spec(request=fields).request, attribute) == value


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ({"click": "#a"}, Click("#a")),
        ({"type": {"selector": "#a", "text": ""}}, Type("#a", "")),
        ({"press": "Enter"}, Press("Enter")),
        ({"hover": "#a"}, Hover("#a")),
        ({"select": {"selector": "#a", "value": "b"}}, Select("#a", "b")),
        ({"scroll": {"x": 1, "y": 2}}, ScrollTo(1, 2)),
        ({"scroll": {"x": 1}}, ScrollTo(1, 0)),
        ({"scroll": {"y": 2}}, ScrollTo(0, 2)),
        ({"scroll": {"selector": "#a"}}, ScrollIntoView("#a")),
        ({"wait": {"selector": "#a"}}, WaitForSelector("#a")),
        ({"wait": {"expression": "true"}}, WaitForExpression("true")),
        ({"wait": {"duration": "1.5s"}}, Pause(1500)),
        ({"evaluate": "1"}, Evaluate("1")),
    ],
)
def test_an_action_is_read(action: dict[str, Any], value: Action) -> None:
    assert make_spec(prepare={"actions": [action]}).prepare.actions == (value,)


def test_actions_keep_their_order() -> None:
    actions = make_spec(prepare={"actions": [{"press": "b"}, {"click": "#a"}, {"press": "a"}]}).prepare.actions
    assert actions == (Press("b"), Click("#a"), Press("a"))


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ({"hide": ["a", "b"]}, "hide", ("a", "b")),
        ({"remove": ["a"]}, "remove", ("a",)),
        ({"mask": ["a"]}, "mask", ("a",)),
        ({"styles": "b {}"}, "styles", "b {}"),
        ({"consent": "Hide"}, "consent", Consent.HIDE),
        ({"dialogs": "Accept"}, "dialogs", Dialogs.ACCEPT),
    ],
)
def test_what_is_done_to_the_page_is_read(fields: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(make_spec(prepare=fields).prepare, attribute) == value


@pytest.mark.parametrize(
    ("fields", "block"),
    [
        ({"ads": True}, Block(ads=True, media=False, resource_types=(), urls=())),
        ({"media": True}, Block(ads=False, media=True, resource_types=(), urls=())),
        (
            {"resourceTypes": ["XHR", "Font"]},
            Block(ads=False, media=False, resource_types=(ResourceType.XHR, ResourceType.FONT), urls=()),
        ),
        ({"urls": ["*/a"]}, Block(ads=False, media=False, resource_types=(), urls=("*/a",))),
    ],
)
def test_what_is_blocked_is_read_and_is_not_off(fields: dict[str, Any], block: Block) -> None:
    read = make_spec(prepare={"block": fields}).prepare.block
    assert read == block
    assert not read.is_off


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ({"until": "DOMContentLoaded"}, "until", Until.DOM_CONTENT_LOADED),
        ({"selector": "#a"}, "selector", "#a"),
        ({"expression": "true"}, "expression", "true"),
        ({"delay": "250ms"}, "delay_ms", 250),
        ({"timeout": "1m30s"}, "timeout_ms", 90_000),
        ({"onTimeout": "Fail"}, "on_timeout", OnTimeout.FAIL),
    ],
)
def test_what_is_waited_for_is_read(fields: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(make_spec(wait=fields).wait, attribute) == value


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("httpStatus", "http_status"),
        ("blank", "blank"),
        ("challenge", "challenge"),
        ("consoleError", "console_error"),
    ],
)
@pytest.mark.parametrize("value", [True, False])
def test_what_is_a_failure_is_read(name: str, attribute: str, value: bool) -> None:
    assert getattr(make_spec(failOn={name: value}).fail_on, attribute) is value


def test_what_is_sent_on_is_the_page_s_part_as_it_was() -> None:
    raw = raw_spec(storage={"keyPrefix": "a/"}, captureClassName="fast")
    operators = {
        "storage",
        "captureClassName",
        "priority",
        "suspend",
        "deadline",
        "retry",
        "ttlAfterFinished",
        "retention",
    }
    assert parse_spec(raw).raw == {name: value for name, value in raw.items() if name not in operators}


def test_a_spec_is_equal_to_one_that_was_spelled_otherwise() -> None:
    assert make_spec(wait={"timeout": "60s"}) == make_spec(wait={"timeout": "1m"})


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        pytest.param({"device": 15}, "spec.device is not a string", id="a device that is a number"),
        pytest.param({"emulate": {"media": "TV"}}, "spec.emulate.media is not one of Screen, Print", id="a word"),
        pytest.param({"wait": {"delay": "1d"}}, "spec.wait.delay is not a duration, such as", id="days"),
        pytest.param(
            {"prepare": {"actions": [{"tap": "#a"}]}},
            "spec.prepare.actions[0] is none of click, press, hover, evaluate, type, select, scroll, wait",
            id="an unknown action",
        ),
        pytest.param(
            {"prepare": {"block": {"resourceTypes": ["Font", "Document"]}}},
            "spec.prepare.block.resourceTypes[1] is not one of Stylesheet",
            id="an unknown kind of request",
        ),
        pytest.param(
            {"request": {"headers": [{"name": "a"}]}},
            "spec.request.headers[0].value is not a string",
            id="a header without a value",
        ),
    ],
)
def test_what_the_crd_would_not_let_through_is_named_by_its_path(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(MalformedMessageError) as caught:
        make_spec(**fields)
    assert complaint in str(caught.value)
