"""A LIST of a kind that the API server does not know: its CRD was deleted, and may come back."""

import asyncio
import ssl

import pytest
from aiohttp import web

from kubeshot_operator.adapters.connection import Connection, open_session
from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.adapters.kubernetes import KubernetesAPI


def test_a_missing_crd_is_waited_for_and_is_no_empty_list() -> None:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(status=404, text="404 page not found")

    async def calls() -> None:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server = f"http://127.0.0.1:{runner.addresses[0][1]}"
        connection = Connection(server, ssl.create_default_context(), dict)
        async with open_session(connection, "unit-tests", lambda _: None) as session:
            with pytest.raises(UnavailableError, match="404 page not found; apply the CRDs"):
                await KubernetesAPI(session, server).list_requests()
        await runner.cleanup()

    asyncio.run(calls())
