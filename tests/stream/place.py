"""A place where a stream lies, so that one test runs on each kind of stream."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from monitor.stream import kafka, sqlite
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


class KafkaPlace:
    """Topics of their own on a broker; time-outs are short, so that a test of a take-over does not take long."""

    shares_of_items = 3
    many_workers = True

    def __init__(self, brokers: str, name: str) -> None:
        self.settings = kafka.KafkaSettings(
            brokers=brokers,
            name=name,
            topic_prefix=f"{name}.",
            partitions=self.shares_of_items,
            session_timeout=6.0,
            heartbeat=0.5,
            rebalance_timeout=6.0,
            commit_timeout=5.0,
            transaction_timeout=10.0,
        )

    @asynccontextmanager
    async def worker(self, clock: Clock = Ticking()) -> AsyncIterator[Stream]:  # noqa: B008  # it stands still
        stream = await kafka.open_stream(self.settings, clock=clock)
        try:
            yield stream
        finally:
            await stream.close()

    @asynccontextmanager
    async def command(self, clock: Clock = Ticking()) -> AsyncIterator[Stream]:  # noqa: B008  # it stands still
        stream = await kafka.open_stream(self.settings, make=False, patience=10.0, clock=clock)
        try:
            yield stream
        finally:
            await stream.close()
