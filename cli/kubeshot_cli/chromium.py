"""Which browser the command runs on somebody's own machine, and what to install where there is none."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kubeshot_capture.attempt import CHROMIUM_VARIABLE, chromium_path
from kubeshot_cli.problems import CommandError
from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Failure

_PROGRAMS = (
    "chromium-headless-shell",
    "headless_shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
_MAC_PLACES = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# Where Playwright's own installer puts the headless shell, on Linux and on macOS.
_PLAYWRIGHT_FOLDERS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
_PLAYWRIGHT_SHELLS = "chromium_headless_shell-*/*/*headless[-_]shell"

_APT = "sudo apt install chromium-headless-shell"
_PLAYWRIGHT = "playwright install --only-shell chromium"
# By ID and ID_LIKE of os-release(5), the first that fits. Ubuntu has Chromium as a snap only, which can't be driven.
_HINTS = {
    "darwin": "brew install --cask google-chrome",
    "ubuntu": _PLAYWRIGHT,
    "debian": _APT,
    "fedora": "sudo dnf install chromium-headless",
    "rhel": "sudo dnf install chromium-headless",
    "arch": "sudo pacman -S chromium",
    "alpine": "sudo apk add chromium",
}
_NO_SANDBOX_FOR_ROOT = (
    "Chromium's sandbox does not work for root: run the command as another user, "
    "or add --sandbox Disabled if you trust the page"
)
NO_SANDBOX = (
    "Chromium's sandbox can't start: this system does not let its users make namespaces (Ubuntu by AppArmor, "
    "containers by seccomp); allow it, or add --sandbox Disabled if you trust the page"
)
OS_RELEASE = Path("/etc/os-release")


def find_chromium(environment: Mapping[str, str]) -> Path:
    """Return the browser to run; raise `CommandError` that says what to install when there is none."""
    usual = chromium_path(environment)
    if (named := environment.get(CHROMIUM_VARIABLE)) and not usual.exists():
        raise CommandError(f"{CHROMIUM_VARIABLE} names {named}, and there is no such file", ExitCode.INTERNAL_ERROR)
    found = usual if usual.exists() else next(_installed(environment), None)
    if found is None:
        raise CommandError(
            f"no Chromium was found. Install one: {hint(sys.platform, OS_RELEASE)}\n"
            f"or {_PLAYWRIGHT}, or set {CHROMIUM_VARIABLE} to the path of one",
            ExitCode.INTERNAL_ERROR,
        )
    return found


def hint(platform: str, os_release: Path) -> str:
    """Return the command that installs a browser on this system."""
    for word in (platform, *_os_words(os_release)):
        if word in _HINTS:
            return _HINTS[word]
    return _PLAYWRIGHT


def check_sandbox(sandbox: Sandbox, user: int) -> None:
    """Raise `CommandError` when root asks for the sandbox, which Chromium doesn't give."""
    if sandbox is Sandbox.REQUIRED and user == 0:
        raise CommandError(_NO_SANDBOX_FOR_ROOT, ExitCode.SANDBOX_UNAVAILABLE)


def in_words_of_this_machine(failure: Failure) -> Failure:
    """Return a failure with a sentence that helps here, where that of the pod speaks of its class and its node."""
    return replace(failure, message=NO_SANDBOX) if failure.reason is Reason.SANDBOX_UNAVAILABLE else failure


def _installed(environment: Mapping[str, str]) -> Iterator[Path]:
    path = environment.get("PATH")
    yield from (Path(found) for name in _PROGRAMS if (found := shutil.which(name, path=path)))
    yield from (place for place in _MAC_PLACES if place.exists())
    home = Path(environment.get("HOME") or "/")
    for folder in _PLAYWRIGHT_FOLDERS:
        # The newest comes last by its number.
        yield from sorted((home / folder).glob(_PLAYWRIGHT_SHELLS), reverse=True)


def _os_words(os_release: Path) -> Iterator[str]:
    try:
        lines = os_release.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    values = dict(line.partition("=")[::2] for line in lines if "=" in line)
    for field in ("ID", "ID_LIKE"):
        yield from values.get(field, "").strip("\"'").split()
