"""A scripted HTTP server on loopback: it answers each request as its script says, and keeps what it was sent."""

import asyncio
import json
import socket
import ssl
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """An answer, or a fault. `fault` is one of `reset` (the request was read), `hang`, `drip`, `close`."""

    status: int = 200
    body: str = "ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """Scripts by path: the answers in order, the last of them again and again."""

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.root = f"{scheme}://127.0.0.1:{port}"
        self.asked: list[Asked] = []
        self._scripts: dict[str, list[Answer]] = defaultdict(lambda: [Answer()])

    def script(self, path: str, *answers: Answer) -> str:
        """Answer so on this path, whose URL is returned."""
        self._scripts[path] = list(answers) or [Answer()]
        return self.root + path

    def at(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path.split("?")[0] == path]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (asked := await _read(reader)) is not None:
                self.asked.append(asked)
                script = self._scripts[asked.path.split("?")[0]]
                answer = script.pop(0) if len(script) > 1 else script[0]
                if not await _say(writer, answer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(first.split(" ")[1], headers, body)


async def _say(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    """Answer; whether the connection goes on."""
    if answer.fault == "reset":
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False
    if answer.fault == "close":
        return False
    if answer.fault == "hang":
        await asyncio.Event().wait()
    body = answer.body.encode()
    headers = {"content-length": str(len(body)), "content-type": "text/plain", **answer.headers}
    head = f"HTTP/1.1 {answer.status} Said\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(head.encode() + b"\r\n")
    if answer.fault == "drip":
        writer.write(body[:1])
        await writer.drain()
        await asyncio.Event().wait()
    writer.write(body)
    await writer.drain()
    return True


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server while the block runs; what hangs is cut off at its end."""
    tasks: set[asyncio.Task[None]] = set()
    holder: list[Server] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await holder[0].handle(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            tasks.discard(task)

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    holder.append(Server(listening.sockets[0].getsockname()[1], "https" if tls else "http"))
    try:
        yield holder[0]
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
