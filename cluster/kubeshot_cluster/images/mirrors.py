"""Asks the host's apt where Debian is fetched from."""

from collections.abc import Iterable
from dataclasses import dataclass

from kubeshot_cluster.commands import Commands
from kubeshot_cluster.problems import ClusterError

SUITE = "bookworm"
COMPONENT = "main"
TARGETS = ("apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages")


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Addresses of Debian's archive and of its security updates. None: debootstrap's own default."""

    archive: str | None
    security: str | None


def ask(commands: Commands) -> Mirrors:
    """Read the host's mirrors, none on a host that is not Debian."""
    try:
        return parse(commands.read(TARGETS).splitlines())
    except ClusterError:
        return Mirrors(None, None)


def parse(targets: Iterable[str]) -> Mirrors:
    """Pick the first mirror of each kind out of `origin|label|address` lines."""
    rows = [line.split("|") for line in targets if line.count("|") == 2]
    addresses = {label: address.rstrip("/") for origin, label, address in reversed(rows) if origin == "Debian"}
    return Mirrors(addresses.get("Debian"), addresses.get("Debian-Security"))


def sources(archive: str, security: str | None) -> str:
    """Render the image's sources.list, with security updates, without which Chromium is months old."""
    return "\n".join(
        [
            f"deb {archive} {SUITE} {COMPONENT}",
            f"deb {archive} {SUITE}-updates {COMPONENT}",
            f"deb {security or archive + '-security'} {SUITE}-security {COMPONENT}",
            "",
        ]
    )


def archive_in(sources_list: str) -> str:
    """Read the mirror out of the sources.list that debootstrap wrote."""
    for line in sources_list.splitlines():
        words = line.split()
        if words[:1] == ["deb"]:
            return words[1]
    raise ClusterError("debootstrap left no mirror in sources.list; set one in the host's apt configuration.")


def proxy(commands: Commands) -> dict[str, str]:
    """Return apt's own proxy as the environment variable that debootstrap and builds follow. Empty without one."""
    try:
        answer = commands.read(["apt-config", "dump", "--format", "%v%n", "Acquire::http::Proxy"]).split()
    except ClusterError:
        return {}
    return {"http_proxy": answer[0]} if answer and answer[0] != "DIRECT" else {}
