"""A connection as bytes in and out, on asyncio alone.

httpcore's own goes through anyio, whose cancel scopes round each read and write took a third of the time of a poll.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any, cast

import httpcore

_HIGH = 256 * 1024  # bytes received and not yet taken, beyond which the server waits


class Wire(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One TCP connection, later perhaps with TLS over it. One reader and one writer at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._held = bytearray()
        self._ended = False  # nothing more will come
        self._lost: BaseException | None = None
        self._full = False  # the other side takes nothing for now
        self._waiter: asyncio.Future[None] | None = None

    # what asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > _HIGH and self._transport:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake()
        return False

    def connection_lost(self, why: Exception | None) -> None:
        self._ended, self._lost = True, why
        self._wake()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    # what httpcore asks

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        await self._until(lambda: bool(self._held) or self._ended, timeout, httpcore.ReadTimeout)
        if not self._held:
            if self._lost is not None:
                raise httpcore.ReadError(_said(self._lost)) from self._lost
            return b""
        taken = bytes(self._held[:max_bytes])
        del self._held[:max_bytes]
        if self._transport and not self._ended and len(self._held) <= _HIGH:
            self._transport.resume_reading()  # does nothing where it was not paused
        return taken

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's
        if self._transport is None or self._transport.is_closing():
            raise httpcore.WriteError(_said(self._lost) if self._lost else "the connection is closed")
        self._transport.write(buffer)
        await self._until(lambda: not self._full or self._ended, timeout, httpcore.WriteTimeout)

    async def aclose(self) -> None:
        if self._transport is not None:
            self._transport.abort()  # a goodbye of TLS would only hold the socket longer

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's
    ) -> "Wire":
        if self._transport is None:
            raise httpcore.ConnectError("the connection is closed")
        try:
            async with asyncio.timeout(timeout):
                self._transport = await asyncio.get_running_loop().start_tls(
                    self._transport, self, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as why:
            await self.aclose()
            raise httpcore.ConnectTimeout("no TLS in time") from why
        except (OSError, ssl.SSLError) as why:
            await self.aclose()
            raise httpcore.ConnectError(_said(why)) from why
        if self._transport is None:
            raise httpcore.ConnectError("the connection was closed in the handshake")
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # of an idle connection: it was closed, or says what nobody asked for
            return bool(self._held) or self._ended
        names = {"ssl_object": "ssl_object", "client_addr": "sockname", "server_addr": "peername", "socket": "socket"}
        name = names.get(info)
        return self._transport.get_extra_info(name) if name and self._transport else None

    async def _until(
        self, done: Callable[[], bool], seconds: float | None, late: type[httpcore.TimeoutException]
    ) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds if seconds is not None else None
        while not done():
            self._waiter = loop.create_future()
            alarm = loop.call_at(end, self._wake) if end is not None else None
            try:
                await self._waiter
            finally:
                self._waiter = None
                if alarm:
                    alarm.cancel()
            if end is not None and loop.time() >= end and not done():
                raise late(f"nothing within {seconds:g} s")

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


async def connect(address: str, port: int, seconds: float | None, local: str | None = None) -> Wire:
    """A connection to an IP address. Raises httpcore's `ConnectError` and `ConnectTimeout`."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        async with asyncio.timeout(seconds):
            _, wire = await asyncio.get_running_loop().create_connection(
                Wire, address, port, family=family, local_addr=(local, 0) if local else None
            )
    except TimeoutError as why:
        raise httpcore.ConnectTimeout(f"no connection within {seconds} s") from why
    except OSError as why:
        raise httpcore.ConnectError(_said(why)) from why
    return wire


def _said(why: BaseException) -> str:
    return getattr(why, "strerror", None) or str(why) or type(why).__name__
