"""The owner of the file: the process that works on it, and that alone writes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.errors import StreamError
from monitor.logs import Logger, logger
from monitor.message.step import Output
from monitor.stream.contract import ALL_TOPICS, Record, StageSpec, check_sizes, check_topics
from monitor.stream.sqlite import file, orders, questions
from monitor.stream.sqlite.lock import Lock
from monitor.stream.sqlite.reading import Reading
from monitor.stream.sqlite.share import SqliteShare
from monitor.stream.sqlite.writer import Writer

Clock = Callable[[], datetime]
Retention = Mapping[str, timedelta]  # by topic; one that is not named is kept for ever
TRIM_EVERY = 60.0  # seconds
TRIM_SLICE = 2000  # records a transaction: 160,000 at once held up the writer for 0.45 s


def now() -> datetime:
    return datetime.now(UTC)


async def open_owner(
    path: Path, *, retention: Retention | None = None, clock: Clock = now, log: Logger | None = None
) -> "SqliteOwner":
    """Take the file for this process, and make it where there is none.

    Raises `Busy` where another process owns it, and `UserError` for a file or folder that cannot be used.
    """
    log = (log or logger()).bind(stream=str(path))
    lock = Lock(path)
    try:
        db = await asyncio.to_thread(file.connect_writer, path)
        heads = {topic: questions.head(db, topic) for topic in ALL_TOPICS}
        owner = SqliteOwner(path, lock, db, heads, retention or {}, clock, log)
    except BaseException:
        lock.release()
        raise
    try:
        await owner.start()
    except BaseException:
        await owner.close()
        raise
    log.info(
        "stream.opened", records=sum(head - questions.FIRST for head in heads.values()), sqlite=sqlite3.sqlite_version
    )
    return owner


class SqliteOwner(Reading):
    """See `monitor.stream.contract.Stream`. All calls are made on the loop that opened it."""

    def __init__(
        self,
        path: Path,
        lock: Lock,
        db: sqlite3.Connection,
        heads: dict[str, int],
        retention: Retention,
        clock: Clock,
        log: Logger,
    ) -> None:
        super().__init__(path)
        self._lock, self._retention, self._clock, self._log = lock, retention, clock, log
        self._loop = asyncio.get_running_loop()
        self._heads = heads
        self._writer = Writer(db)
        self._seats: dict[str, asyncio.Lock] = {}  # a second worker of a stage waits as a standby
        self._shares: dict[str, SqliteShare] = {}
        self._server: asyncio.Server | None = None
        self._trimmer: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        """By the clock that records are stamped with."""
        return self._clock()

    async def start(self) -> None:
        """Take orders of other processes, and keep to the retention."""
        self._server = await orders.serve(self._path, self.append)
        self._trimmer = asyncio.create_task(self._trim_for_ever(), name="sqlite-trim")

    async def shares(self, spec: StageSpec) -> AsyncIterator[SqliteShare]:
        seat = self._seats.setdefault(spec.name, asyncio.Lock())
        async with seat:
            while True:
                share = await self._share(spec)
                self._shares[spec.name] = share
                try:
                    yield share
                    await share.lost.wait()
                finally:
                    share.lose("given back")
                    del self._shares[spec.name]

    async def _share(self, spec: StageSpec) -> SqliteShare:
        # asked of the writer, behind a commit that a cancelled worker may have left under way
        position = await self._write_by(partial(questions.position, stage=spec.name, share=SqliteShare.number))
        share = SqliteShare(spec, position, write=self._finish, fetch=self._fetch, load=self.state)
        share.see(self._heads)
        return share

    async def append(self, outputs: Sequence[Output]) -> None:
        check_sizes(outputs, {})
        check_topics(outputs)
        await self._write(outputs, None)

    async def trim(self) -> int:
        """Drop what is older than the retention, in slices, and give how many records are gone."""
        total = 0
        for topic, age in self._retention.items():
            before = self._clock() - age
            while gone := await self._write_by(partial(questions.trim, topic=topic, before=before, slice_=TRIM_SLICE)):
                total += gone
        return total

    async def close(self) -> None:
        for share in list(self._shares.values()):
            share.lose("the stream was closed")
        if self._trimmer:
            self._trimmer.cancel()
            with suppress(asyncio.CancelledError):
                await self._trimmer
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            orders.socket_path(self._path).unlink(missing_ok=True)
        await super().close()
        await asyncio.to_thread(self._writer.close)  # the last to go: it leaves one file, without a log
        self._lock.release()

    async def _write_by(self, work: Callable[[sqlite3.Connection], int]) -> int:
        return await asyncio.wrap_future(self._writer.submit(work))

    async def _finish(self, outputs: Sequence[Output], done: questions.Finish) -> None:
        await self._write(outputs, done)

    async def _write(self, outputs: Sequence[Output], done: questions.Finish | None) -> None:
        at = self._clock()

        def work(db: sqlite3.Connection) -> dict[str, int]:
            heads = questions.append(db, outputs, at) if outputs else {}
            if done is not None:
                questions.finish(db, done)
            return heads

        committed = self._writer.submit(work)
        if outputs:  # told even where the one who waits was cancelled meanwhile
            committed.add_done_callback(
                lambda future: (
                    self._loop.call_soon_threadsafe(self._see, future.result())
                    if not future.cancelled() and future.exception() is None
                    else None
                )
            )
        await asyncio.wrap_future(committed)

    def _see(self, heads: Mapping[str, int]) -> None:
        self._heads.update(heads)
        for share in self._shares.values():
            share.see(heads)

    async def _fetch(self, topic: str, offset: int, limit: int) -> list[Record]:
        return await self.look(partial(questions.fetch, topic=topic, offset=offset, limit=limit))

    async def _trim_for_ever(self) -> None:
        while True:
            try:
                if gone := await self.trim():
                    self._log.info("stream.trimmed", records=gone)
            except StreamError as why:
                self._log.warning("stream.not_trimmed", why=str(why))
            await asyncio.sleep(TRIM_EVERY)
