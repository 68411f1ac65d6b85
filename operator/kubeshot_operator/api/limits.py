"""What captures count against, and how many a class allows of each."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from kubeshot_contract.spec import CaptureSpec, URLSource


@dataclass(frozen=True, slots=True)
class Limits:
    """How many captures of a class may run at a time: in all, in one namespace, and of the pages of one host."""

    concurrent: int
    per_namespace: int
    per_host: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one capture counts against. `host` is empty where a page has none."""

    class_name: str
    namespace: str
    host: str


def host_of(page: CaptureSpec) -> str:
    """Return the host of a page's URL as names are compared, without its port; empty for a page without a URL."""
    if not isinstance(page.source, URLSource):
        return ""
    try:
        host = urlsplit(page.source.url).hostname or ""
    except ValueError:
        # Python takes fewer names for those of hosts than the API server does.
        host = page.source.url.partition("//")[2].partition("/")[0].lower()
    return host.rstrip(".")
