"""For commands beside the owner: they look into the file, and hand what they order to the owner."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from monitor.errors import Busy, StreamError
from monitor.message.step import Output
from monitor.stream.contract import StageSpec, check_sizes, check_topics
from monitor.stream.sqlite import orders
from monitor.stream.sqlite.owner import Clock, now, open_owner
from monitor.stream.sqlite.reading import Reading
from monitor.stream.sqlite.share import SqliteShare

TRIES = 50  # to reach an owner that starts or stops at this moment
BETWEEN = 0.2  # seconds


async def open_reader(path: Path, *, clock: Clock = now) -> "SqliteReader":
    """Look into the stream at `path`. Raises `UserError` where there is none, or another program's."""
    return SqliteReader(path, clock)


class SqliteReader(Reading):
    """See `monitor.stream.contract.Stream`; it has no shares to give."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(path)
        self._clock = clock

    def shares(self, spec: StageSpec) -> AsyncIterator[SqliteShare]:
        raise StreamError(f"{spec.name} works only in the process that owns the file")

    async def append(self, outputs: Sequence[Output]) -> None:
        """Have the owner write, or take the file for a moment where none runs.

        Should the owner die while it is asked, the records may be there twice: orders bear it, their ids are theirs.
        """
        check_sizes(outputs, {})
        check_topics(outputs)
        for _ in range(TRIES):
            try:
                await orders.order(self._path, outputs)
            except OSError:
                if await self._appended_alone(outputs):
                    return
                await asyncio.sleep(BETWEEN)
            else:
                return
        raise Busy(f"{self._path} belongs to another process, which does not answer")

    async def _appended_alone(self, outputs: Sequence[Output]) -> bool:
        try:
            owner = await open_owner(self._path, clock=self._clock)
        except Busy:
            return False
        try:
            await owner.append(outputs)
        finally:
            await owner.close()
        return True
