"""How the API server is reached: its address, its certificate authority, and a token that follows its rotation."""

import ssl
from dataclasses import dataclass

import aiohttp
from kubernetes import client, config

# Kopf's default is no limit at all, which 3,000 events at once turn into resets.
_MAX_CONNECTIONS = 50
_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=5)


@dataclass(frozen=True, slots=True)
class Connection:
    """The API server and how we prove who we are."""

    server: str
    configuration: client.Configuration


def connect() -> Connection:
    """Return the connection of the pod we run in, or else that of the current kubeconfig.

    Raises `kubernetes.config.ConfigException` when there is neither.
    """
    configuration = client.Configuration()
    try:
        config.load_incluster_config(client_configuration=configuration)
    except config.ConfigException:
        config.load_kube_config(client_configuration=configuration)
    return Connection(configuration.host, configuration)


def open_session(connection: Connection, user_agent: str, *, timeout: bool = True) -> aiohttp.ClientSession:
    """Return a session that keeps a bounded number of connections and sends a fresh token with each request."""

    async def authenticate(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        # The client library re-reads the projected token when it is a minute old.
        token = connection.configuration.get_api_key_with_prefix("authorization")
        if token:
            request.headers["Authorization"] = token
        return await handler(request)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_MAX_CONNECTIONS, ssl=_ssl_context(connection.configuration)),
        timeout=_TIMEOUT if timeout else aiohttp.ClientTimeout(total=None, connect=5),
        headers={"User-Agent": user_agent},
        middlewares=(authenticate,),
    )


def _ssl_context(configuration: client.Configuration) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file)
    return context
