"""Reading beside the writer: one thread with a connection that cannot write."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from monitor.errors import UserError
from monitor.stream.contract import Record, check_topic
from monitor.stream.sqlite import file, questions

T = TypeVar("T")
PAGE = 500  # records a look
POLL = 0.2  # seconds between looks at a file that another process writes


class Reading:
    """What the owner and the commands beside it have in common: they look."""

    def __init__(self, path: Path) -> None:
        """Raises `UserError` where there is no stream at `path`, or not one of ours."""
        self._path = path
        self._db = file.connect_reader(path)
        self._thread = ThreadPoolExecutor(1, "sqlite-reader")

    async def look(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question, on the reader's thread. Raises `StreamError` for a fault of SQLite."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._db)
        except sqlite3.Error as fault:
            raise file.as_stream_error(fault) from fault

    async def read(self, topic: str, *, since: datetime | None = None, follow: bool = False) -> AsyncIterator[Record]:
        check_topic(topic)
        offset = (
            questions.FIRST if since is None else await self.look(partial(questions.first_since, topic=topic, at=since))
        )
        while True:
            page = await self.look(partial(questions.fetch, topic=topic, offset=offset, limit=PAGE))
            for record in page:
                yield record
                offset = record.offset + 1
            if not page and not follow:
                return
            if not page:
                await asyncio.sleep(POLL)

    async def find(self, topic: str, key: str) -> list[Record]:
        return await self.look(partial(questions.find, topic=topic, key=key))

    async def state(self, stage: str) -> dict[str, bytes]:
        return await self.look(partial(questions.state, stage=stage))

    async def backup(self, target: Path) -> None:
        """A whole copy of the stream, while its owner works. An older copy is replaced only by a whole one.

        Raises `UserError` where the target is the stream itself.
        """
        await asyncio.to_thread(_copy, self._path, target)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown)
        self._db.close()


def _copy(path: Path, target: Path) -> None:
    if target.exists() and target.samefile(path):
        raise UserError(f"{target}: this is the stream itself; name another file for the backup")
    draft = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
    db = file.connect_reader(path)  # its own: a long copy keeps nobody from reading
    try:
        questions.copy_to(db, draft)
        with draft.open("rb") as copied:
            os.fsync(copied.fileno())
        draft.replace(target)
    except sqlite3.Error as fault:
        raise file.as_stream_error(fault) from fault
    finally:
        db.close()
        draft.unlink(missing_ok=True)
