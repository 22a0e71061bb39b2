"""A TCP proxy before a broker, that delays, cuts and goes deaf."""

import asyncio
from contextlib import suppress


class Proxy:
    """All connections of one port to another. `delay` holds each piece back; while `deaf`, nothing gets through."""

    def __init__(self, to: int) -> None:
        self._to = to
        self.delay = 0.0
        self.deaf = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self.deaf = False
        self.cut()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, back}
        self._writers |= both
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            self._writers -= both
            for one in both:
                one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                while self.deaf:  # noqa: ASYNC110  # swallowed until the connection is cut
                    await asyncio.sleep(0.1)
                writer.write(piece)
                await writer.drain()
        writer.close()
