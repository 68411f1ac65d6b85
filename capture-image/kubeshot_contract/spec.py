"""What a request asks of a capture, as values. `parse_spec` makes them; defaults are the CRD's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kubeshot_contract.actions import Action
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
from kubeshot_contract.output import Output


@dataclass(frozen=True, slots=True)
class URLSource:
    """A page to be fetched."""

    url: str


@dataclass(frozen=True, slots=True)
class HTMLSource:
    """A page given as text, at most 64 KiB of UTF-8."""

    html: str


@dataclass(frozen=True, slots=True)
class ConfigMapSource:
    """A page in a ConfigMap of the request's namespace, at most 1 MiB; the kubelet mounts it."""

    name: str
    key: str


Source = URLSource | HTMLSource | ConfigMapSource


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A value that only the kubelet looks up: a key of a Secret in the request's namespace."""

    name: str
    key: str


Value = str | SecretKey


@dataclass(frozen=True, slots=True)
class Viewport:
    """The size of the window in CSS pixels, and the device scale factor."""

    width: int
    height: int
    scale: float


# What a request gets that names neither a viewport nor a device. The CRD can't fill it in: it would exclude the device.
DEFAULT_VIEWPORT = Viewport(1280, 800, 1.0)


@dataclass(frozen=True, slots=True)
class Device:
    """A device by Playwright's name for it: viewport, scale, user agent, touch."""

    name: str


@dataclass(frozen=True, slots=True)
class Geolocation:
    """A place on earth in degrees, and how exactly it is known in metres."""

    latitude: float
    longitude: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Emulation:
    """What the page is told of its user. `clock` is RFC 3339; `None` is the browser's own everywhere."""

    color_scheme: ColorScheme | None
    reduced_motion: ReducedMotion | None
    media: Media | None
    locale: str | None
    timezone: str | None
    geolocation: Geolocation | None
    user_agent: str | None
    java_script: bool
    clock: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """A header of every request to the page's own origin."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that is there before the page is. `domain` is the page's host when it is `None`."""

    name: str
    value: Value
    domain: str | None
    path: str


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """What the page is asked with. `basic_auth` names a Secret with the keys `username` and `password`."""

    headers: tuple[Header, ...]
    cookies: tuple[Cookie, ...]
    basic_auth: str | None
    storage_state: SecretKey | None
    ignore_https_errors: bool


@dataclass(frozen=True, slots=True)
class Block:
    """What is not loaded. `urls` are patterns in which `*` stands for anything."""

    ads: bool
    media: bool
    resource_types: tuple[ResourceType, ...]
    urls: tuple[str, ...]

    @property
    def is_off(self) -> bool:
        """Whether everything is loaded."""
        return not (self.ads or self.media or self.resource_types or self.urls)


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done to the page before its picture. `hide`, `remove` and `mask` are CSS selectors."""

    actions: tuple[Action, ...]
    hide: tuple[str, ...]
    remove: tuple[str, ...]
    mask: tuple[str, ...]
    styles: str | None
    consent: Consent
    dialogs: Dialogs
    block: Block


@dataclass(frozen=True, slots=True)
class WaitRule:
    """How long a page may take between navigation and shot, and what it must have reached."""

    until: Until
    selector: str | None
    expression: str | None
    delay_ms: int
    timeout_ms: int
    on_timeout: OnTimeout


@dataclass(frozen=True, slots=True)
class FailOn:
    """What makes a page a failure although it could be photographed."""

    http_status: bool
    blank: bool
    challenge: bool
    console_error: bool


@dataclass(frozen=True, slots=True)
class CaptureSpec:
    """All that a request says of its page. `raw` is what it was read from: the part of the spec that is sent on."""

    source: Source
    screen: Viewport | Device
    emulate: Emulation
    request: RequestOptions
    prepare: Preparation
    wait: WaitRule
    fail_on: FailOn
    outputs: tuple[Output, ...]
    raw: Mapping[str, Any] = field(repr=False, compare=False)
