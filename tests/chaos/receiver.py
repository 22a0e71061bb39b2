"""A webhook receiver on loopback that writes down what it was sent, and now and then answers badly."""

import asyncio
import json
import random
from collections import defaultdict
from contextlib import suppress

FAILURES = 0.03  # of requests that are answered with 503, or cut off after they were taken


class Receiver:
    """`posts` are, for each key, whether each post of it that arrived was marked as sent again.

    `listed` are ids of alerts that came as lines of a digest: where a clock was set, it looks like an outage.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.posts: dict[str, list[bool]] = defaultdict(list)
        self.listed: set[str] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Its URL."""
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook"

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head.decode().split("\r\n")[1:])
                }
                body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))))
                if self._chance.random() < FAILURES:
                    writer.write(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")
                    continue
                self.posts[headers["webhook-id"]].append("demarche-resent" in headers)
                self.listed.update(act["alert"] for act in body["data"].get("acts", ()))
                if self._chance.random() < FAILURES:
                    break  # taken, and the answer is lost
                writer.write(b"HTTP/1.1 204 Taken\r\n\r\n")
        writer.close()
