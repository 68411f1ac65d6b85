"""A network that gets another address while a page loads: Chromium drops what it is connecting to at that moment."""

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from integration.capture.conftest import Capture
from kubeshot_contract.reasons import ExitCode

LINK, PEER = "kubeshot-it0", "kubeshot-it1"
# Of TEST-NET-1 (RFC 5737), on an interface that leads nowhere.
ADDRESS = "192.0.2.1/32"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def link() -> Iterator[str]:
    """Add an interface without any address, and remove it again."""
    if os.geteuid() != 0:
        pytest.skip("only root may add an interface to this machine")
    ip("link", "add", LINK, "type", "veth", "peer", "name", PEER)
    try:
        for end in (LINK, PEER):
            ip("link", "set", "dev", end, "addrgenmode", "none", "up")
        yield LINK
    finally:
        ip("link", "delete", LINK)


class Mute:
    """A port that never finishes its first TLS handshake, which is still connecting, and refuses all later ones."""

    def __init__(self, on_first: Callable[[], None]) -> None:
        self.connections = 0
        self._on_first = on_first
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/picture"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        # The listener's end is the thread's.
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                with connection:
                    if self.connections == 1:
                        self._on_first()
                        while connection.recv(4096):
                            pass

    def close(self) -> None:
        self._listener.close()


def test_page_that_the_network_cut_off_is_opened_again(link: str, capture: Capture) -> None:
    mute = Mute(on_first=lambda: ip("address", "add", ADDRESS, "dev", link))
    attempt = capture(f"<p>text<img src='{mute.url}' width=9 height=9>")
    mute.close()
    assert attempt.exit_code == ExitCode.SUCCEEDED
    assert attempt.result.settled, "what the network did is no verdict on the page"
    assert mute.connections > 1
