"""What a test of the zoo is: a page, a request for it, and what has to come of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

from kubeshot_contract.reasons import Reason
from zoo.developed import Developed

Check = Callable[[Developed], None]
Spec = Mapping[str, Any]


class Complaint(StrEnum):
    """What people complain about in every such tool."""

    TALL_PAGES = "tall pages cut, repeated or crashing"
    LAZY_IMAGES = "lazy images missing"
    POLLING = "pages that never go idle: polling"
    EVENTS = "pages that never go idle: server-sent events"
    WEB_SOCKET = "pages that never go idle: WebSocket"
    LONG_POLL = "pages that never go idle: long poll"
    VIDEO = "pages that never go idle: video"
    FONT_WAIT = "a font that never arrives hangs the shot"
    MEMORY = "a page that eats memory"
    EMOJI_AND_CJK = "emoji and CJK as boxes"
    SHARED_MEMORY = "small /dev/shm"
    ZOMBIES = "zombies without an init"
    COOKIE_BANNERS = "cookie banners"
    BOT_WALLS = "bot walls stored as success"
    BLANK_FRAMES = "blank frames"
    NOTHING_AT_ALL = "a timeout gives nothing at all"
    DIALOGS = "dialogs that block for ever"
    PDF_AND_DOWNLOADS = "PDF and download URLs"
    PRIVATE_REDIRECT = "redirect to a private address"
    MODERN_FORMATS = "WebP and AVIF missing"
    RESTLESS_PIXELS = "pixels differ between runs"
    STICKY_HEADERS = "sticky headers repeated"
    WINDOW_HEIGHT = "100vh blow-ups"
    INFINITE_SCROLL = "infinite scroll"
    INNER_SCROLLERS = "inner scrollers"
    WEBGL = "WebGL blank"
    LOST_OPTIONS = "options silently lost: scale, mobile, height"
    POPUPS = "popups and new windows"
    REDIRECTS = "endless redirects"
    DRIP = "slow drip responses"
    HUGE_IMAGES = "huge images"
    FRAMES = "iframes"
    SHADOW_DOM = "shadow DOM"
    PRINT_STYLES = "print styles"
    SERVICE_WORKERS = "service workers"
    INFINITE_ANIMATION = "infinite animation"
    META_REFRESH = "meta refresh"
    ENDLESS_SCRIPT = "JavaScript while(true)"
    HTTP_AUTH = "HTTP auth prompt"
    BAD_TLS = "bad TLS"
    NO_CONTENT = "204 and empty pages"
    WRONG_CHARSET = "wrong charset"
    MANY_NODES = "10,000-node pages"
    RIGHT_TO_LEFT = "right-to-left text"


class Where(Enum):
    """Where a case can run."""

    ANYWHERE = "anywhere"
    CLUSTER = "where memory has a limit and the fonts are pinned"
    HERE = "where the zoo is at a loopback address, which browsers trust without https"


@dataclass(frozen=True, slots=True)
class Case:
    """One request, or the same one twice, and its check.

    `page` is a path, an address that begins with `@other`, `@tls` or `@refused`, or nothing when the spec has its own
    source. These words, `@main` and `@other-host` are replaced in the spec, in Secrets and in ConfigMaps too.
    """

    name: str
    proves: str
    page: str
    check: Check
    spec: Spec = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    """Paths below spec that are ignored when the check fails, such as `emulate.colorScheme`."""
    complaints: tuple[Complaint, ...] = ()
    reason: Reason | None = None
    """The reason that the page produces."""
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    twice: bool = False
    """Whether it is captured twice, and both have to be the same bytes."""
    golden: bool = False
    """Whether the picture is compared with `golden/<name>.png`."""
    where: Where = Where.ANYWHERE
