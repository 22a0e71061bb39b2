"""The HTTP client of the poller: names are resolved here, and what they lead to is checked before a connection."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from monitor.ingest.address import ForbiddenAddress, is_public

CONNECT_TRIES = 3  # addresses of one name

_FAULTS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.ProxyError: httpx.ProxyError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}


def open_client(
    *, allow_private: bool, connections: int, connect_timeout: float, read_timeout: float, proxy: str | None = None
) -> httpx.AsyncClient:
    """A client that keeps no cookies, follows no redirect, reads no environment, and connects only where it may."""
    pool = httpcore.AsyncConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=False),
        proxy=httpcore.Proxy(proxy) if proxy else None,
        max_connections=connections,
        max_keepalive_connections=min(connections, 64),
        keepalive_expiry=30.0,
        network_backend=GuardedNetwork(allow_private=allow_private or proxy is not None),
    )
    return httpx.AsyncClient(
        transport=_Transport(pool),
        timeout=httpx.Timeout(read_timeout, connect=connect_timeout),
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connections by address, after each address was looked at.

    The check is made on what the name resolves to, and the connection goes to that very address: a name that
    resolves to another one a moment later gains nothing.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._allowed(host, port)
        share = timeout / min(len(addresses), 2) if timeout else None
        for number, address in enumerate(addresses[:CONNECT_TRIES], 1):
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == min(len(addresses), CONNECT_TRIES):
                    raise
        raise httpcore.ConnectError(f"no address for {host}")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _allowed(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as why:
            raise httpcore.ConnectError(f"cannot resolve {host}: {why}") from why
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise ForbiddenAddress(f"{host} leads to {address}, which is not public; see ingest.allow_private")
        # IPv4 first: half of a timeout lost on a broken IPv6 route is worse than the other way round
        return sorted(addresses, key=lambda address: ":" in address)


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _faults():
            answer = await self._pool.handle_async_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _faults():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


@contextmanager
def _faults() -> Any:
    try:
        yield
    except tuple(_FAULTS) as why:
        raise _FAULTS[type(why)](str(why)) from why
