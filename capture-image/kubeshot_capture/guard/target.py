"""What a browser asks a proxy for."""

from dataclasses import dataclass
from urllib.parse import urlsplit

_USUAL_PORT = 80


class UnreadableTargetError(ValueError):
    """A request's target is not what a proxy is asked for."""


@dataclass(frozen=True, slots=True)
class Target:
    """A host and its port; `path` is what to ask it for, with its query."""

    host: str
    port: int
    path: str = ""


def parse_tunnel(target: bytes) -> Target:
    """Return where a CONNECT leads to; raise `UnreadableTargetError`."""
    return _parsed(f"//{target.decode('ascii', 'replace')}", None)


def parse_url(target: bytes) -> Target:
    """Return where a request in absolute form leads to; raise `UnreadableTargetError`."""
    text = target.decode("latin-1")
    if not text.lower().startswith("http://"):
        raise UnreadableTargetError("a proxy is asked for http by the whole address, for all else by CONNECT")
    return _parsed(text, _USUAL_PORT)


def _parsed(text: str, usual_port: int | None) -> Target:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or usual_port
    except ValueError as error:
        raise UnreadableTargetError(str(error)) from error
    if not host or not port or not host.isascii():
        raise UnreadableTargetError("there is no host or no port")
    return Target(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
