"""A stage's share of the file: its one partition, its state, and the batches that it finishes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from monitor.errors import Lost
from monitor.message.step import Changes, Output
from monitor.stream.contract import Record, StageSpec, check_sizes, check_topics
from monitor.stream.sqlite.questions import Finish

Write = Callable[[Sequence[Output], Finish], Awaitable[None]]
Fetch = Callable[[str, int, int], Awaitable[list[Record]]]  # topic, offset, limit
Load = Callable[[str], Awaitable[dict[str, bytes]]]


class SqliteShare:
    """See `monitor.stream.contract.Share`. There is one for each stage."""

    number = 0
    count = 1

    def __init__(self, spec: StageSpec, position: int, *, write: Write, fetch: Fetch, load: Load) -> None:
        self._spec, self._position = spec, position
        self._reached = position  # behind the batch that is being finished, where one is
        self._write, self._fetch, self._load = write, fetch, load
        self._head = position  # of the input, as far as known
        self._ahead: asyncio.Future[list[Record]] | None = None  # records fetched before they are asked for,
        self._ahead_at = 0  # from this offset on
        self._stirred = asyncio.Event()
        self._woken = False
        self._handed: SqliteBatch | None = None
        self._finishing: SqliteBatch | None = None
        self.lost = asyncio.Event()
        self._why_lost = ""

    async def load(self) -> dict[str, bytes]:
        self._check()
        return await self._load(self._spec.name)

    async def read(self, limit: int, wait: float) -> "SqliteBatch":
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        records: list[Record] = []
        while True:
            self._check()
            self._stirred.clear()
            if limit and self._spec.input is not None and self._head > self._reached:
                records = await self._next(self._spec.input, limit)
            if records or self._woken or loop.time() >= until:
                break
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._stirred.wait()
        self._woken = False
        self._check()
        self._handed = SqliteBatch(records, self._finish)
        return self._handed

    async def _next(self, topic: str, limit: int) -> list[Record]:
        """Records that come next. What lies behind them is fetched while they are worked on."""
        if self._ahead is None or self._ahead_at != self._reached:
            self._look_ahead(topic, self._reached, limit)
        ahead, self._ahead = self._ahead, None
        records = (await ahead)[:limit] if ahead is not None else []
        if records and records[-1].offset + 1 < self._head:
            self._look_ahead(topic, records[-1].offset + 1, limit)
        return records

    def _look_ahead(self, topic: str, offset: int, limit: int) -> None:
        self._ahead_at = offset
        self._ahead = asyncio.ensure_future(self._fetch(topic, offset, limit))

    def wake(self) -> None:
        self._woken = True
        self._stirred.set()

    async def lag(self) -> int:
        self._check()
        return max(self._head - self._position, 0)

    def see(self, heads: Mapping[str, int]) -> None:
        """Topics have grown; `heads` are the next offsets of some."""
        head = heads.get(self._spec.input or "")
        if head is not None:
            self._head = head
            self._stirred.set()

    def lose(self, why: str) -> None:
        """From now on everything raises `Lost`."""
        self._why_lost = self._why_lost or why
        self.lost.set()
        self._stirred.set()
        if self._ahead is not None:
            self._ahead.cancel()

    def _check(self) -> None:
        if self._why_lost:
            raise Lost(self._why_lost)

    async def _finish(self, batch: "SqliteBatch", outputs: Sequence[Output], changes: Changes) -> None:
        self._check()
        if batch is not self._finishing and (batch is not self._handed or self._finishing is not None):
            raise RuntimeError("batches are finished once each, in the order in which they were read")
        check_sizes(outputs, changes)
        check_topics(outputs)
        if batch is self._handed:
            self._handed, self._finishing = None, batch
            self._reached = batch.records[-1].offset + 1 if batch.records else self._position
        position = self._reached if batch.records else None
        try:
            await self._write(outputs, Finish(self._spec.name, self.number, position, changes))
        except asyncio.CancelledError:
            self.lose("cancelled in the middle of a commit")  # whether it was written is known from the file alone
            raise
        self._position = position or self._position
        self._finishing = None


class SqliteBatch:
    """See `monitor.stream.contract.Batch`."""

    def __init__(
        self,
        records: Sequence[Record],
        finish: Callable[["SqliteBatch", Sequence[Output], Changes], Awaitable[None]],
    ) -> None:
        self.records = records
        self._finish = finish

    async def done(self, outputs: Sequence[Output], changes: Changes) -> None:
        await self._finish(self, outputs, changes)
