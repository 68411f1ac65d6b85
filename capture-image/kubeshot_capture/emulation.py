"""What the page is told of its user, in the words of Playwright's contexts."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kubeshot_capture.failures import CaptureError
from kubeshot_contract.options import ColorScheme, ReducedMotion
from kubeshot_contract.reasons import Reason
from kubeshot_contract.spec import CaptureSpec, Device, Emulation, Geolocation, URLSource, Viewport

Options = dict[str, Any]

_COLOR_SCHEMES = {ColorScheme.LIGHT: "light", ColorScheme.DARK: "dark"}
_REDUCED_MOTIONS = {ReducedMotion.REDUCE: "reduce", ReducedMotion.NO_PREFERENCE: "no-preference"}


@dataclass(frozen=True, slots=True)
class Window:
    """A window, and the options of a context that has it."""

    viewport: Viewport
    options: Options


def window(screen: Viewport | Device, devices: Mapping[str, Mapping[str, Any]]) -> Window:
    """Return the window of a size or of a device; raise `CaptureError` for a device that there is not."""
    if isinstance(screen, Device):
        return _window_of_device(screen.name, devices)
    size = {"width": screen.width, "height": screen.height}
    return Window(screen, {"viewport": size, "device_scale_factor": screen.scale})


def _window_of_device(name: str, devices: Mapping[str, Mapping[str, Any]]) -> Window:
    if name not in devices:
        by_lower_case = {known.lower(): known for known in devices}
        near = [by_lower_case[found] for found in get_close_matches(name.lower(), by_lower_case, n=3, cutoff=0.5)]
        hint = f": did you mean {' or '.join(near)}?" if near else ", as Playwright names them"
        raise CaptureError(Reason.INVALID_REQUEST, f"there is no device {name}{hint}")
    options = {option: value for option, value in devices[name].items() if option != "default_browser_type"}
    size = options["viewport"]
    return Window(Viewport(size["width"], size["height"], float(options["device_scale_factor"])), options)


def options(emulate: Emulation) -> Options:
    """Return the options of a context; what the request leaves open is not among them."""
    wanted: Options = {
        "color_scheme": emulate.color_scheme and _COLOR_SCHEMES[emulate.color_scheme],
        "reduced_motion": emulate.reduced_motion and _REDUCED_MOTIONS[emulate.reduced_motion],
        "locale": emulate.locale,
        "timezone_id": emulate.timezone,
        "user_agent": emulate.user_agent,
        "java_script_enabled": None if emulate.java_script else False,
    }
    given = {option: value for option, value in wanted.items() if value is not None}
    return {**given, **(_place(emulate.geolocation) if emulate.geolocation else {})}


def _place(place: Geolocation) -> Options:
    return {"geolocation": {"latitude": place.latitude, "longitude": place.longitude, "accuracy": place.accuracy}}


def permissions(spec: CaptureSpec) -> list[str]:
    """Return what a page may do without a question that nobody would answer."""
    place = ["geolocation"] if spec.emulate.geolocation else []
    # Chromium asks before a page reaches into a network more private than its own, and a page that came from nowhere
    # counts as public. Who writes the page may name addresses inside the cluster in it.
    network = [] if isinstance(spec.source, URLSource) else ["local-network-access"]
    return [*place, *network]


def refusal(emulate: Emulation, message: str) -> CaptureError | None:
    """Return what the request says wrong when a browser refuses a page with this message; `None` for other errors."""
    if "Invalid timezone" in message:
        sentence = f"there is no time zone {emulate.timezone}: use a name of the IANA database, such as Europe/Berlin"
        return CaptureError(Reason.INVALID_REQUEST, sentence)
    if "Invalid locale" in message:
        sentence = f"there is no locale {emulate.locale}: use a BCP 47 tag, such as de-DE"
        return CaptureError(Reason.INVALID_REQUEST, sentence)
    return None
