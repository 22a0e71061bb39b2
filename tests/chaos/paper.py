"""Newspapers on loopback, each on a host of its own, whose feeds grow and keep all that they had."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from monitor.message.item import Item
from tests.flow.program import Story, rss

PAPERS = 6
SETTLED_AFTER = 3  # times that a feed was asked before it grows: what it has at first sight is told otherwise
OLD = "The harbour was dredged last week"  # in each feed from the beginning


class Papers:
    """`titles` are those of all stories published so far."""

    def __init__(self) -> None:
        self.titles: set[str] = set()
        self._entries: list[list[tuple[Item, datetime]]] = [[] for _ in range(PAPERS)]
        self._asked = [0] * PAPERS
        self._servers: list[asyncio.Server] = []

    async def start(self) -> list[dict[str, str]]:
        """The feeds, as a list of feeds has them."""
        for number in range(PAPERS):
            server = await asyncio.start_server(self._answer(number), f"127.0.1.{number + 1}", 0)
            self._servers.append(server)
        ports = [server.sockets[0].getsockname() for server in self._servers]
        return [
            {"id": f"paper-{n}", "url": f"http://{host}:{port}/feed", "outlet": f"Paper {n}", "country": "NOR"}
            for n, (host, port) in enumerate(ports)
        ]

    async def close(self) -> None:
        for server in self._servers:
            server.close()

    @property
    def known(self) -> bool:
        """All feeds were asked, and have their state."""
        return min(self._asked) >= SETTLED_AFTER

    def publish(self, items: list[Item]) -> None:
        """Each story in a paper of its own."""
        for number, item in enumerate(items):
            place = (len(self.titles) + number) % PAPERS
            self._entries[place].append((item, datetime.now(UTC)))
        self.titles |= {item.title for item in items}

    def _answer(self, number: int):  # type: ignore[no-untyped-def]
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                now = datetime.now(UTC)
                stories = [Story(f"old-{number}", f"{OLD}, says paper {number}", hours_ago=30)] + [
                    Story(one.id, one.title, one.summary, hours_ago=(now - at).total_seconds() / 3600)
                    for one, at in self._entries[number]
                ]
                body = rss(stories, now).encode()
                self._asked[number] += 1
                head = f"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: {len(body)}\r\n"
                writer.write(f"{head}connection: close\r\n\r\n".encode() + body)
                await writer.drain()
            writer.close()

        return answer
