"""A site of a few files on loopback, for pages that need more than their own HTML."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Files = Mapping[str, tuple[str, bytes]]
"""Path to media type and content."""


@contextmanager
def serving(files: Files) -> Iterator[str]:
    """Serve the files and yield the address without a path; any origin may read them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content_type, content = files.get(self.path.partition("?")[0], ("", b""))
            self.send_response(200 if content_type else 404)
            self.send_header("Content-Type", content_type or "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
