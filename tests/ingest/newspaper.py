"""A scripted feed server on loopback that counts what a server's owner counts."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Asked:
    """One request, headers in lower case."""

    path: str
    headers: Mapping[str, str]
    at: datetime | None = None


@dataclass(frozen=True)
class Given:
    """One answer. With `cut`, the connection ends after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    stall: bool = False  # the body never ends
    length: int | None = None


Script = Callable[[Asked], Given]


@dataclass
class Newspaper:
    """Serves `scripts` by path. `issued` holds the validators that it ever gave for a path."""

    scripts: dict[str, Script] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    issued: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    clock: Callable[[], datetime] | None = None
    port: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    gate: asyncio.Event | None = None  # where set, answers wait for it
    tls: ssl.SSLContext | None = None
    server: asyncio.Server | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def to(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    @property
    def unconditional(self) -> list[Asked]:
        return [one for one in self.asked if not {"if-none-match", "if-modified-since"} & set(one.headers)]

    @property
    def bogus(self) -> list[Asked]:
        """Requests with a validator that was never given for their path."""
        return [
            one
            for one in self.asked
            for name in ("if-none-match", "if-modified-since")
            if name in one.headers and one.headers[name] not in self.issued[one.path]
        ]

    @property
    def nosy(self) -> list[Asked]:
        return [one for one in self.asked if {"cookie", "referer", "authorization"} & set(one.headers)]

    async def open(self, port: int = 0) -> None:
        """Answer at every address of this machine."""
        self.server = await asyncio.start_server(self._serve, "0.0.0.0", port, ssl=self.tls, reuse_address=True)
        self.port = self.server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Nobody answers any more, also not on connections that are open."""
        if self.server:
            self.server.close()
        for task in self.tasks:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await self.serve(reader, writer)
        except asyncio.CancelledError:
            pass  # the paper closes; streams would report a cancelled task as an error
        finally:
            self.tasks.discard(task)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _request(reader):
                asked = Asked(request[0], request[1], self.clock() if self.clock else None)
                self.asked.append(asked)
                self.in_flight += 1
                self.most_in_flight = max(self.most_in_flight, self.in_flight)
                try:
                    if self.gate:
                        await self.gate.wait()
                    given = self.scripts.get(asked.path, lambda _: Given(404))(asked)
                finally:
                    self.in_flight -= 1
                if not await self._answer(given, asked, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, given: Given, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        for name, value in given.headers:
            if name.lower() in ("etag", "last-modified"):
                self.issued[asked.path].add(value)
        length = given.length if given.length is not None else len(given.body)
        head = [f"HTTP/1.1 {given.status} X", *(f"{name}: {value}" for name, value in given.headers)]
        if given.status != 304:
            head.append(f"Content-Length: {length}")
        writer.write("\r\n".join([*head, "", ""]).encode("latin-1") + given.body[: given.cut])
        await writer.drain()
        if given.stall:
            await asyncio.Event().wait()
        return given.cut is None


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return first.split(" ")[1], {name.strip().lower(): value.strip() for name, value in pairs}


@asynccontextmanager
async def newspaper(*, tls: ssl.SSLContext | None = None, **scripts: Script) -> AsyncIterator[Newspaper]:
    """A server at work; `name=script` serves `/name`."""
    paper = Newspaper({f"/{name}": script for name, script in scripts.items()}, tls=tls)
    await paper.open()
    try:
        yield paper
    finally:
        paper.close()
        await asyncio.gather(*paper.tasks, return_exceptions=True)


def always(given: Given) -> Script:
    return lambda _: given


def in_turn(*given: Given) -> Script:
    """Each answer once, the last one for ever."""
    left = list(given)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def with_validators(body: Callable[[], bytes], etag: Callable[[], str], *more: tuple[str, str]) -> Script:
    """Answers 304 where the ETag is the present one, else 200."""

    def script(asked: Asked) -> Given:
        now = etag()
        headers = (("ETag", now), ("Content-Type", "application/rss+xml; charset=utf-8"), *more)
        if asked.headers.get("if-none-match") == now:
            return Given(304, headers=headers)
        return Given(200, body(), headers)

    return script
