"""Names of hosts, as this machine's resolver knows them."""

import asyncio
import socket


async def resolve(host: str) -> set[str]:
    """Return the addresses of a host; raise `OSError` when there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return {str(address[0]) for *_, address in found}
