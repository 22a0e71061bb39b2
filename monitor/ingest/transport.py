"""How the poller's requests travel: names are resolved here, and what they lead to is checked before a connection."""

import asyncio
import ipaddress
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore
import httpx

from monitor.ingest.address import ForbiddenAddress, is_public
from monitor.ingest.wire import connect

CONNECT_TRIES = 3  # addresses of one name
KEPT = 32  # idle connections
IDLE_SECONDS = 15.0

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


def open_transport(
    *, allow_private: bool, proxy: str | None = None, trust: ssl.SSLContext | None = None
) -> httpx.AsyncBaseTransport:
    """What sends the requests of the poller, and connects only where it may; `async with` it.

    It is used without a client, whose cookie jar, redirects and merging of defaults are what a poller must not have.
    Behind a proxy it is the proxy that resolves names, so that only addresses written as numbers can be looked at.
    `trust` says whose certificates are believed; none: those of the usual authorities.
    """
    context = trust or httpx.create_ssl_context(trust_env=False)
    maker = httpcore.AsyncConnectionPool(
        ssl_context=context,
        proxy=_proxy(proxy, context) if proxy else None,
        keepalive_expiry=IDLE_SECONDS,
        network_backend=GuardedNetwork(allow_private=allow_private or proxy is not None),
    )
    return _Transport(maker)


def _proxy(url: str, trust: ssl.SSLContext) -> httpcore.Proxy:
    parts = urlsplit(url)
    auth = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username or parts.password else None
    netloc = parts.netloc.rpartition("@")[2]
    port = "" if parts.port else {"https": ":443", "http": ":80"}.get(parts.scheme, ":1080")
    return httpcore.Proxy(
        f"{parts.scheme}://{netloc}{port}", auth, ssl_context=trust if parts.scheme == "https" else None
    )


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connections by address, after each address was looked at.

    The check is made on what the name resolves to, and the connection goes to that very address: a name that
    resolves to another one a moment later gains nothing.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

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
                return await connect(address, port, share, local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == min(len(addresses), CONNECT_TRIES):
                    raise
        raise httpcore.ConnectError(f"no address for {host}")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _allowed(self, host: str, port: int) -> list[str]:
        if _is_number(host):
            addresses = [host]
        else:
            addresses = await self._resolved(host, port)
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise ForbiddenAddress(f"{host} leads to {address}, which is not public; see ingest.allow_private")
        # IPv4 first: half of a timeout lost on a broken IPv6 route is worse than the other way round
        return sorted(addresses, key=lambda address: ":" in address)

    async def _resolved(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as why:
            raise httpcore.ConnectError(f"cannot resolve {host}: {why}") from why
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class _Transport(httpx.AsyncBaseTransport):
    """One idle connection an origin, the latest few: there is one request in flight for a host anyway.

    httpcore's own pool looks at every connection, squared, for every request: with 100 in flight to as many hosts
    that was half of all time. It serves here to make connections, through a proxy too.
    """

    def __init__(self, maker: httpcore.AsyncConnectionPool) -> None:
        self._maker = maker
        self._idle: OrderedDict[str, httpcore.AsyncConnectionInterface] = OrderedDict()

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
            connection, answer = await self._ask(asked)
        body = _Body(answer.stream, lambda: self._keep(str(asked.url.origin), connection))
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    async def _ask(self, asked: httpcore.Request) -> tuple[httpcore.AsyncConnectionInterface, httpcore.Response]:
        kept = self._idle.pop(str(asked.url.origin), None)
        if kept is not None:
            if kept.is_available() and not kept.has_expired():
                try:
                    return kept, await kept.handle_async_request(asked)
                except (httpcore.NetworkError, httpcore.RemoteProtocolError):
                    pass  # the server had just closed it: once more, on a new one
            await kept.aclose()
        fresh = self._maker.create_connection(asked.url.origin)
        try:
            return fresh, await fresh.handle_async_request(asked)
        except BaseException:
            await fresh.aclose()
            raise

    async def _keep(self, origin: str, connection: httpcore.AsyncConnectionInterface) -> None:
        """The connection's answer is read: keep it for the next request, and only the latest few."""
        if not connection.is_idle() or origin in self._idle:
            await connection.aclose()
            return
        self._idle[origin] = connection
        while len(self._idle) > KEPT or next(iter(self._idle.values())).has_expired():
            await self._idle.popitem(last=False)[1].aclose()
            if not self._idle:
                return

    async def aclose(self) -> None:
        while self._idle:
            await self._idle.popitem()[1].aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: Any, read: Callable[[], Awaitable[None]]) -> None:
        self._stream, self._read = stream, read

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _faults():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
        await self._read()


@contextmanager
def _faults() -> Any:
    try:
        yield
    except tuple(_FAULTS) as why:
        raise _FAULTS[type(why)](str(why)) from why
