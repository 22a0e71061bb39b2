"""The poller on a loopback server under a clock of our own: steps, fetches, and time jumps to the next turn."""

import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx

from monitor.ingest.bulletin import GATHER
from monitor.ingest.document import Document, Unreadable
from monitor.ingest.feed import Feed
from monitor.ingest.fetch import Fetcher, Limits
from monitor.ingest.parse import parse
from monitor.ingest.poll import Policy
from monitor.ingest.state import FEED, FeedState, unpack
from monitor.ingest.transport import open_transport
from monitor.ingest.worker import Poller
from monitor.message.alert import Notice
from monitor.message.codec import decode_alert, decode_item
from monitor.message.fact import Fact
from monitor.message.item import Item
from monitor.message.step import ALERTS, ITEMS, Step
from tests.ingest.newspaper import Newspaper

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@cache
def _trust() -> ssl.SSLContext:
    """Read once: the authorities take a tenth of a second."""
    return httpx.create_ssl_context(trust_env=False)


AGENT = "Demarche/test (+mailto:desk@paper.example)"


@dataclass
class Rig:
    """One share's poller, its committed state, and all that it put out."""

    worker: Poller
    fetcher: Fetcher
    in_force: list[tuple[Feed, ...]]
    now: datetime = START
    committed: dict[str, bytes] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    parsed: int = 0
    facts: list[Fact] = field(default_factory=list)
    wake_at: datetime | None = None

    def relist(self, *feeds: Feed) -> None:
        """The operator wrote another list."""
        self.in_force[:] = [feeds]

    def clock(self) -> datetime:
        return self.now

    def state(self, feed: str = "paper") -> FeedState:
        return unpack(self.committed[FEED + feed])

    def take(self, step: Step) -> list[Item]:
        """Commit a step; the items that it gave."""
        fresh = [decode_item(output.value) for output in step.outputs if output.topic == ITEMS]
        self.items += fresh
        for output in step.outputs:
            if output.topic == ALERTS:
                note = decode_alert(output.value)
                assert isinstance(note, Notice)
                self.notices.append(note)
        for key, value in step.changes.items():
            if value is None:
                self.committed.pop(key, None)
            else:
                self.committed[key] = value
        self.wake_at = step.wake_at
        self.facts += step.facts
        return fresh

    async def turn(self) -> list[Item]:
        """One step, its actions one by one, and the step on their results."""
        step = self.worker.step((), (), self.now)
        fresh = self.take(step)
        results = [await self.worker.perform(action) for action in step.actions]
        while results or (self.wake_at and self.wake_at <= self.now):
            step = self.worker.step((), results, self.now)
            fresh += self.take(step)
            results = [await self.worker.perform(action) for action in step.actions]
        return fresh

    async def next_poll(self) -> list[Item]:
        """Jump to when the worker wants to be asked, and poll; the items of that turn."""
        polls = self._polls()
        for _ in range(1000):
            fresh = await self.turn()
            if self._polls() > polls:
                return fresh
            assert self.wake_at is not None, "nothing is planned"
            self.now = max(self.now, self.wake_at)
        raise AssertionError("no poll came")

    async def run_until(self, end: datetime) -> None:
        while True:
            await self.turn()
            if self.wake_at is None or self.wake_at > end:
                self.now = end
                return
            self.now = max(self.now, self.wake_at)

    async def tell(self) -> None:
        """Let the time pass in which notices are gathered."""
        await self.run_until(self.now + GATHER)

    def _polls(self) -> int:
        return sum(unpack(value).ledger.polls for key, value in self.committed.items() if key.startswith(FEED))


async def read_here(body: bytes, *, content_type: str, url: str, now: datetime) -> Document | Unreadable:
    """The parser, in this process."""
    return parse(body, content_type=content_type, url=url, now=now)


@asynccontextmanager
async def rig(
    feeds: Iterable[Feed],
    policy: Policy | None = None,
    *,
    committed: dict[str, bytes] | None = None,
    now: datetime = START,
    once: bool = False,
    limits: Limits | None = None,
    paper: Newspaper | None = None,
) -> AsyncIterator[Rig]:
    """A rig at work; `committed` is what an earlier one left behind."""
    limits = limits or Limits(allow_private=True, seconds=5)
    transport = open_transport(allow_private=limits.allow_private, trust=_trust())

    async def read(body: bytes, *, content_type: str, url: str, now: datetime) -> Document | Unreadable:
        made.parsed += 1
        return parse(body, content_type=content_type, url=url, now=now)

    fetcher = Fetcher(transport, read, lambda: made.now, limits, AGENT)
    in_force = [tuple(feeds)]
    worker = Poller(lambda: in_force[0], fetcher, policy or Policy(), once=once)
    made = Rig(worker, fetcher, in_force, now, dict(committed or {}))
    worker.restore(made.committed)
    if paper:
        paper.clock = made.clock
    try:
        yield made
    finally:
        await transport.aclose()


def feed(url: str, name: str = "paper", **more: object) -> Feed:
    made = Feed(id=name, url=url, outlet=name.title(), country="FRA", lang="en")
    return Feed(**{field: getattr(made, field) for field in Feed.__struct_fields__} | more)  # type: ignore[arg-type]


def soon(**more: float) -> timedelta:
    return timedelta(**more)


__all__ = ["AGENT", "START", "Rig", "feed", "read_here", "replace", "rig", "soon"]
