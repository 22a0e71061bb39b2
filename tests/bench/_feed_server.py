"""A fast feed server for benches, in a process of its own: `python -m tests.bench._feed_server ITEMS EVERY`.

Each path is a feed of ITEMS stories that changes at every EVERYth request for it, and is answered 304 between.
"""

import asyncio
import sys
import time
from collections import Counter
from email.utils import formatdate
from typing import ClassVar

START = time.time() - 3 * 3600


class Server(asyncio.Protocol):
    items, every = 30, 5
    asked: ClassVar[Counter[bytes]] = Counter()

    def __init__(self) -> None:
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head, self._held = self._held[:end], self._held[end + 4 :]
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        self.asked[path] += 1
        edition = (self.asked[path] + len(path) + path[-1]) // self.every  # not all at once
        etag = b'"%d"' % edition
        if b"if-none-match: " + etag in head.lower():
            return b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\n\r\n" % etag
        body = _document(path.decode(), edition, self.items)
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: %b\r\nContent-Length: %d\r\n"
            b"\r\n%b" % (etag, len(body), body)
        )


def _document(path: str, edition: int, items: int) -> bytes:
    stories = "".join(
        f"<item><title>Story {number} of {path}: ministers meet</title><guid>{path}-{number}</guid>"
        f"<link>https://paper.example{path}/{number}</link><pubDate>{formatdate(START + number * 60)}</pubDate>"
        f"<description>They spoke at length of matter {number}, and of what is to be done.</description></item>"
        for number in range(edition + items, edition, -1)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Paper</title>"
        f"<link>https://paper.example/</link><description>made up</description>{stories}</channel></rss>"
    ).encode()


async def main() -> None:
    Server.items, Server.every = int(sys.argv[1]), int(sys.argv[2])
    server = await asyncio.get_running_loop().create_server(Server, "0.0.0.0", 0, backlog=1000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
