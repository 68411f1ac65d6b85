"""A network that gets another address while a page loads: Chromium drops what it is connecting to at that moment."""

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from integration.capture.conftest import Capture
from integration.engine.recording import recording
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
    """A port that never finishes its first TLS handshake, which is still connecting.

    Later connections are led to another port, if there is one, and refused otherwise.
    """

    def __init__(self, on_first: Callable[[], None], then: int | None = None) -> None:
        self.connections = 0
        self._on_first = on_first
        self._then = then
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/picture"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        # The listener's end is the thread's.
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._handle, args=(connection, self.connections), daemon=True).start()

    def _handle(self, connection: socket.socket, number: int) -> None:
        with connection, suppress(OSError):
            if number == 1:
                self._on_first()
                while connection.recv(4096):
                    pass
            elif self._then:
                with socket.create_connection(("127.0.0.1", self._then)) as other:
                    back = threading.Thread(target=pass_on, args=(other, connection), daemon=True)
                    back.start()
                    pass_on(connection, other)
                    back.join()

    def close(self) -> None:
        self._listener.close()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_page_that_the_network_cut_off_is_opened_again(link: str, capture: Capture) -> None:
    mute = Mute(on_first=lambda: ip("address", "add", ADDRESS, "dev", link))
    attempt = capture(f"<p>text<img src='{mute.url}' width=9 height=9>")
    mute.close()
    assert attempt.exit_code == ExitCode.SUCCEEDED
    assert attempt.result.settled, "what the network did is no verdict on the page"
    assert mute.connections > 1


def test_page_whose_first_connection_the_network_cut_off_is_opened_once(
    link: str, capture: Capture, certificate: Path
) -> None:
    with recording(certificate) as server:
        server.site = {"/picture": "<title>there</title><p>text"}
        mute = Mute(on_first=lambda: ip("address", "add", ADDRESS, "dev", link), then=server.server_port)
        attempt = capture(mute.url, request={"ignoreHTTPSErrors": True})
        mute.close()
    assert attempt.exit_code == ExitCode.SUCCEEDED
    assert attempt.result.page is not None
    assert attempt.result.page.title == "there"
    assert [asked.path for asked in server.asked] == ["/picture"]
    assert attempt.result.settled
