"""The spec of a request, defaults and all, as values: read the same way by operator, pod and command."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

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
from kubeshot_contract.fields import Fields, MalformedMessageError
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
from kubeshot_contract.parse_output import parse_output
from kubeshot_contract.spec import (
    DEFAULT_VIEWPORT,
    Block,
    CaptureSpec,
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
    Source,
    URLSource,
    Value,
    Viewport,
    WaitRule,
)

# Of these a spec has one.
SOURCE_FIELDS = ("url", "html", "htmlFrom")
# The fields of a request's spec that are about its page. All others are the operator's.
PAGE_FIELDS = (
    *SOURCE_FIELDS,
    "viewport",
    "device",
    "emulate",
    "request",
    "prepare",
    "wait",
    "failOn",
    "outputs",
)

Parsed = TypeVar("Parsed")


def parse_spec(raw: Mapping[str, Any]) -> CaptureSpec:
    """Return what a spec, the CRD's defaults filled in, says of its page.

    Raises `MalformedMessageError` for what the CRD would not have let through.
    """
    spec = Fields(raw, "spec")
    return CaptureSpec(
        source=parse_source(raw),
        screen=_screen(spec),
        emulate=_emulation(spec.object("emulate")),
        request=_request(spec.object("request")),
        prepare=_preparation(spec.object("prepare")),
        wait=_wait(spec.object("wait")),
        fail_on=_fail_on(spec.object("failOn")),
        outputs=spec.items("outputs", parse_output),
        raw={name: raw[name] for name in PAGE_FIELDS if name in raw},
    )


def parse_source(raw: Mapping[str, Any]) -> Source:
    """Return where a spec says that its page comes from; raise as `parse_spec` does."""
    spec = Fields(raw, "spec")
    if spec.has("url"):
        return URLSource(spec.text("url"))
    if spec.has("html"):
        return HTMLSource(spec.text("html"))
    reference = spec.object("htmlFrom").object("configMapKeyRef")
    return ConfigMapSource(reference.text("name"), reference.text("key"))


def _screen(spec: Fields) -> Viewport | Device:
    if spec.has("device"):
        return Device(spec.text("device"))
    viewport = spec.optional_object("viewport")
    if viewport is None:
        return DEFAULT_VIEWPORT
    return Viewport(viewport.integer("width"), viewport.integer("height"), viewport.number("scale"))


def _emulation(emulate: Fields) -> Emulation:
    return Emulation(
        color_scheme=emulate.optional_choice("colorScheme", ColorScheme),
        reduced_motion=emulate.optional_choice("reducedMotion", ReducedMotion),
        media=emulate.optional_choice("media", Media),
        locale=emulate.optional_text("locale"),
        timezone=emulate.optional_text("timezone"),
        geolocation=_optional(emulate, "geolocation", _geolocation),
        user_agent=emulate.optional_text("userAgent"),
        java_script=emulate.boolean("javaScript"),
        clock=emulate.optional_text("clock"),
    )


def _geolocation(place: Fields) -> Geolocation:
    return Geolocation(place.number("latitude"), place.number("longitude"), place.number("accuracy"))


def _request(request: Fields) -> RequestOptions:
    basic_auth = request.optional_object("basicAuth")
    return RequestOptions(
        headers=request.optional_items("headers", lambda header: Header(header.text("name"), _value(header))),
        cookies=request.optional_items("cookies", _cookie),
        basic_auth=basic_auth.object("secretRef").text("name") if basic_auth else None,
        storage_state=_optional(request, "storageState", _secret_key),
        ignore_https_errors=request.boolean("ignoreHTTPSErrors"),
    )


def _cookie(cookie: Fields) -> Cookie:
    return Cookie(cookie.text("name"), _value(cookie), cookie.optional_text("domain"), cookie.text("path"))


def _value(named: Fields) -> Value:
    return _secret_key(named.object("valueFrom")) if named.has("valueFrom") else named.text("value")


def _secret_key(holder: Fields) -> SecretKey:
    reference = holder.object("secretKeyRef")
    return SecretKey(reference.text("name"), reference.text("key"))


def _preparation(prepare: Fields) -> Preparation:
    return Preparation(
        actions=prepare.optional_items("actions", _action),
        hide=prepare.optional_strings("hide"),
        remove=prepare.optional_strings("remove"),
        mask=prepare.optional_strings("mask"),
        styles=prepare.optional_text("styles"),
        consent=prepare.choice("consent", Consent),
        dialogs=prepare.choice("dialogs", Dialogs),
        block=_block(prepare.object("block")),
    )


def _block(block: Fields) -> Block:
    return Block(
        ads=block.boolean("ads"),
        media=block.boolean("media"),
        resource_types=block.optional_choices("resourceTypes", ResourceType),
        urls=block.optional_strings("urls"),
    )


def _type(action: Fields) -> Type:
    return Type(action.text("selector"), action.text("text"))


def _select(action: Fields) -> Select:
    return Select(action.text("selector"), action.text("value"))


def _scroll(action: Fields) -> ScrollTo | ScrollIntoView:
    if action.has("selector"):
        return ScrollIntoView(action.text("selector"))
    return ScrollTo(action.optional_integer("x") or 0, action.optional_integer("y") or 0)


def _pause(action: Fields) -> WaitForSelector | WaitForExpression | Pause:
    if action.has("selector"):
        return WaitForSelector(action.text("selector"))
    if action.has("expression"):
        return WaitForExpression(action.text("expression"))
    return Pause(action.milliseconds("duration"))


_TEXT_ACTIONS: Mapping[str, Callable[[str], Action]] = {
    "click": Click,
    "press": Press,
    "hover": Hover,
    "evaluate": Evaluate,
}
_OBJECT_ACTIONS: Mapping[str, Callable[[Fields], Action]] = {
    "type": _type,
    "select": _select,
    "scroll": _scroll,
    "wait": _pause,
}


def _action(action: Fields) -> Action:
    for name, of_text in _TEXT_ACTIONS.items():
        if action.has(name):
            return of_text(action.text(name))
    for name, of_object in _OBJECT_ACTIONS.items():
        if action.has(name):
            return of_object(action.object(name))
    raise MalformedMessageError(f"{action.path} is none of {', '.join((*_TEXT_ACTIONS, *_OBJECT_ACTIONS))}")


def _wait(wait: Fields) -> WaitRule:
    return WaitRule(
        until=wait.choice("until", Until),
        selector=wait.optional_text("selector"),
        expression=wait.optional_text("expression"),
        delay_ms=wait.milliseconds("delay"),
        timeout_ms=wait.milliseconds("timeout"),
        on_timeout=wait.choice("onTimeout", OnTimeout),
    )


def _fail_on(fail_on: Fields) -> FailOn:
    return FailOn(
        http_status=fail_on.boolean("httpStatus"),
        blank=fail_on.boolean("blank"),
        challenge=fail_on.boolean("challenge"),
        console_error=fail_on.boolean("consoleError"),
    )


def _optional(holder: Fields, name: str, parse: Callable[[Fields], Parsed]) -> Parsed | None:
    nested = holder.optional_object(name)
    return None if nested is None else parse(nested)
