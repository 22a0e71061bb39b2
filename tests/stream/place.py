"""A place where a stream lies, so that one test runs on each kind of stream."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from monitor.stream import sqlite
from monitor.stream.contract import Stream

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
Clock = Callable[[], datetime]


class Ticking:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Place(Protocol):
    """Opens the same stream again and again."""

    shares_of_items: int
    many_workers: bool  # several may be open at once

    def worker(self, clock: Clock = ...) -> AbstractAsyncContextManager[Stream]: ...

    def command(self, clock: Clock = ...) -> AbstractAsyncContextManager[Stream]: ...


class SqlitePlace:
    """A file."""

    shares_of_items = 1
    many_workers = False

    def __init__(self, path: Path) -> None:
        self.path = path

    @asynccontextmanager
    async def worker(self, clock: Clock = Ticking()) -> AsyncIterator[Stream]:  # noqa: B008  # it stands still
        stream = await sqlite.open_owner(self.path, clock=clock)
        try:
            yield stream
        finally:
            await stream.close()

    @asynccontextmanager
    async def command(self, clock: Clock = Ticking()) -> AsyncIterator[Stream]:  # noqa: B008  # it stands still
        stream = await sqlite.open_reader(self.path, clock=clock)
        try:
            yield stream
        finally:
            await stream.close()
