"""Asks a server: a list of host, port, path, headers and body in, a list of status and body out."""

import http.client
import json
import sys

# A claim is held open for 20 s.
SECONDS = 40


def main() -> None:
    """Ask once."""
    host, port, path, headers, body = json.load(sys.stdin)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    connection.request("POST", path, body.encode(), headers)
    answer = connection.getresponse()
    print(json.dumps([answer.status, answer.read().decode()]))


if __name__ == "__main__":
    main()
