"""A proxy on loopback: HTTP in both ways (forwarded, tunnelled) and SOCKS5, that counts what went through it."""

import asyncio
import base64
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """`passed`: what was asked for, in order. With `login` it asks for name and password."""

    login: str = ""
    port: int = 0
    passed: list[str] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            first = await reader.readexactly(1)
            await (self._socks(reader, writer) if first == b"\x05" else self._http(first, reader, writer))
        writer.transport.abort()
        self.tasks.discard(task)

    async def _http(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        basic = base64.b64encode(self.login.encode()).decode()
        if self.login and f"proxy-authorization: basic {basic}".lower() not in head.lower():
            writer.write(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
            return
        self.passed.append(f"{method} {target}")
        host = target if method == "CONNECT" else urlsplit(target).netloc
        there = await asyncio.open_connection(*_address(host))
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            there[1].write(head.replace(target, urlsplit(target).path, 1).encode("latin-1"))
        await _join(reader, writer, *there)

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ways = await reader.readexactly((await reader.readexactly(1))[0])
        if self.login:
            writer.write(b"\x05\x02" if 2 in ways else b"\x05\xff")
            name = await reader.readexactly((await reader.readexactly(2))[1])
            word = await reader.readexactly((await reader.readexactly(1))[0])
            writer.write(b"\x01\x00" if f"{name.decode()}:{word.decode()}" == self.login else b"\x01\x01")
        else:
            writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        size = 4 if kind == 1 else (await reader.readexactly(1))[0]
        raw = await reader.readexactly(size)
        host = ".".join(map(str, raw)) if kind == 1 else raw.decode()
        (port,) = struct.unpack(">H", await reader.readexactly(2))
        self.passed.append(f"SOCKS {host}:{port}")
        there = await asyncio.open_connection(host, port)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await _join(reader, writer, *there)


def _address(host: str) -> tuple[str, int]:
    name, _, port = host.rpartition(":")
    return name, int(port)


async def _join(
    here: asyncio.StreamReader, back: asyncio.StreamWriter, there: asyncio.StreamReader, out: asyncio.StreamWriter
) -> None:
    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while part := await source.read(65536):
                sink.write(part)
                await sink.drain()
        sink.close()

    try:
        await asyncio.gather(pump(here, out), pump(there, back))
    finally:
        for writer in (out, back):
            writer.transport.abort()


@asynccontextmanager
async def proxying(login: str = "", tls: ssl.SSLContext | None = None) -> AsyncIterator[Proxy]:
    made = Proxy(login)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
