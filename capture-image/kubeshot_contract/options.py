"""The words that a request may choose from, as its CRD has them."""

from enum import StrEnum


class Until(StrEnum):
    """How far a page has to be before its picture is taken."""

    SETTLED = "Settled"
    LOAD = "Load"
    DOM_CONTENT_LOADED = "DOMContentLoaded"


class OnTimeout(StrEnum):
    """What happens when the page is not that far in time."""

    CAPTURE = "Capture"
    FAIL = "Fail"


class Area(StrEnum):
    """What part of the page an image shows."""

    VIEWPORT = "Viewport"
    FULL_PAGE = "FullPage"
    ELEMENT = "Element"
    CLIP = "Clip"


class Format(StrEnum):
    """The encoding of an output."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WebP"
    AVIF = "AVIF"
    PDF = "PDF"
    HTML = "HTML"
    MHTML = "MHTML"

    @property
    def extension(self) -> str:
        """The ending of a key that holds this format, without its dot."""
        return "jpg" if self is Format.JPEG else self.value.lower()

    @property
    def content_type(self) -> str:
        """The media type of this format."""
        return _CONTENT_TYPES[self]

    @property
    def is_picture(self) -> bool:
        """Whether it has pixels; the others are documents."""
        return self in (Format.PNG, Format.JPEG, Format.WEBP, Format.AVIF)


_CONTENT_TYPES = {
    Format.PNG: "image/png",
    Format.JPEG: "image/jpeg",
    Format.WEBP: "image/webp",
    Format.AVIF: "image/avif",
    Format.PDF: "application/pdf",
    Format.HTML: "text/html",
    Format.MHTML: "multipart/related",
}


class Fit(StrEnum):
    """How a picture is brought to another size, in the words of CSS object-fit and of sharp."""

    COVER = "Cover"
    CONTAIN = "Contain"
    FILL = "Fill"
    INSIDE = "Inside"


class Paper(StrEnum):
    """The size of a PDF's page."""

    A3 = "A3"
    A4 = "A4"
    A5 = "A5"
    LETTER = "Letter"
    LEGAL = "Legal"
    TABLOID = "Tabloid"


class ColorScheme(StrEnum):
    """What the media feature prefers-color-scheme says."""

    LIGHT = "Light"
    DARK = "Dark"


class ReducedMotion(StrEnum):
    """What the media feature prefers-reduced-motion says."""

    REDUCE = "Reduce"
    NO_PREFERENCE = "NoPreference"


class Media(StrEnum):
    """The CSS media type."""

    SCREEN = "Screen"
    PRINT = "Print"


class Consent(StrEnum):
    """What is done with a cookie banner."""

    DECLINE = "Decline"
    ACCEPT = "Accept"
    HIDE = "Hide"
    IGNORE = "Ignore"


class Dialogs(StrEnum):
    """How alert, confirm, prompt and beforeunload are answered."""

    DISMISS = "Dismiss"
    ACCEPT = "Accept"


class ResourceType(StrEnum):
    """Kinds of requests that can be blocked. The page's own document is none of them."""

    STYLESHEET = "Stylesheet"
    IMAGE = "Image"
    MEDIA = "Media"
    FONT = "Font"
    SCRIPT = "Script"
    XHR = "XHR"
    FETCH = "Fetch"
    WEB_SOCKET = "WebSocket"
    OTHER = "Other"


class Sandbox(StrEnum):
    """Whether Chromium must run inside its own sandbox."""

    REQUIRED = "Required"
    DISABLED = "Disabled"
