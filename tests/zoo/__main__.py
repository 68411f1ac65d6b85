"""Serves the zoo: `PYTHONPATH=tests python3 -m zoo --port 8000`. Standard library only, and openssl for https."""

import argparse
import subprocess
import tempfile
import threading
from pathlib import Path

from zoo.site.certificate import make_certificate
from zoo.site.exhibit import Places
from zoo.site.server import Zoo, ZooServer


def main() -> None:
    """Serve until the process is ended."""
    given = _arguments()
    plain, secure = ZooServer((given.bind, given.port)), ZooServer((given.bind, given.tls_port))
    places = Places(
        main=given.main or f"http://127.0.0.1:{plain.server_port}",
        other=given.other or f"http://localhost:{plain.server_port}",
        tls=given.tls or f"https://127.0.0.1:{secure.server_port}",
    )
    zoo = Zoo(places)
    plain.show(zoo)
    secure.show(zoo)
    with tempfile.TemporaryDirectory() as folder:
        if not given.certificate:
            given.certificate = make_certificate(Path(folder))
        secure.speak_tls(str(given.certificate))
    threading.Thread(target=secure.serve_forever, daemon=True).start()
    print(f"{places.main} {places.other} {places.tls}", flush=True)
    plain.serve_forever()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zoo", description="Serves a page for everything that breaks screenshots.")
    parser.add_argument("--bind", default="127.0.0.1", help="the address to listen at")
    parser.add_argument("--port", type=int, default=8000, help="for http; 0 takes any")
    parser.add_argument("--tls-port", type=int, default=0, help="for https; 0 takes any")
    parser.add_argument("--main", help="how a browser reaches the port for http")
    parser.add_argument("--other", help="how it reaches the same port under another origin")
    parser.add_argument("--tls", help="how it reaches the port for https")
    parser.add_argument("--certificate", type=Path, help="a PEM file with certificate and key; made when absent")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except FileNotFoundError as error:
        raise SystemExit(
            f"{error.filename} is needed to make a certificate: install it, or give --certificate"
        ) from error
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"no certificate: {error.stderr.decode().strip()}") from error
    except KeyboardInterrupt:
        pass
