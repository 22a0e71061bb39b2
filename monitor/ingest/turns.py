"""Whose turn it is: feeds in order of their time, one request in flight for a host, hosts spaced, not too many."""

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class _Host:
    free_at: float = 0.0
    busy: bool = False
    queued: bool = False
    waiting: deque[str] = field(default_factory=deque)


class Turns:
    """`spacing`: seconds between the end of a request to a host and the next. `limit`: requests in flight in all."""

    def __init__(self, spacing: float, limit: int) -> None:
        self._spacing, self._limit = spacing, limit
        self._due: list[tuple[float, int, str]] = []
        self._at: dict[str, float] = {}  # of each feed that is planned; what the heap says besides is stale
        self._host_of: dict[str, str] = {}
        self._hosts: dict[str, _Host] = {}
        self._ready: list[tuple[float, int, str]] = []  # hosts with feeds waiting, by when they are free
        self._count = itertools.count()
        self._asked: dict[str, str] = {}  # feeds in flight, each with the host that was asked

    @property
    def is_idle(self) -> bool:
        """Nothing in flight, nothing planned."""
        return not (self._asked or self._at or any(host.waiting for host in self._hosts.values()))

    @property
    def in_flight(self) -> int:
        return len(self._asked)

    def plan(self, feed: str, host: str, at: datetime) -> None:
        """Poll the feed at this time, and at no other that was planned. One in flight is planned when it has ended."""
        if feed in self._asked:
            return
        self.drop(feed)
        self._host_of[feed] = host
        self._at[feed] = at.timestamp()
        heapq.heappush(self._due, (at.timestamp(), next(self._count), feed))

    def drop(self, feed: str) -> None:
        """Ask for the feed no more; what is in flight may end."""
        self._at.pop(feed, None)
        host = self._hosts.get(self._host_of.pop(feed, ""))
        if host and feed in host.waiting:
            host.waiting.remove(feed)

    def take(self, now: datetime) -> list[str]:
        """The feeds to ask now; each is in flight until `end`."""
        clock = now.timestamp()
        self._line_up(clock)
        taken: list[str] = []
        while self._ready and self._ready[0][0] <= clock and len(self._asked) < self._limit:
            name = heapq.heappop(self._ready)[2]
            host = self._hosts[name]
            host.queued = False
            if not host.busy and host.waiting:
                feed = host.waiting.popleft()
                host.busy = True
                self._asked[feed] = name
                taken.append(feed)
        return taken

    def end(self, feed: str, now: datetime, hold: float = 0.0) -> None:
        """The request for the feed has ended; leave its host alone for the spacing, or `hold` seconds."""
        name = self._asked.pop(feed, None)
        if name is None:
            return
        host = self._hosts[name]
        host.busy = False
        host.free_at = now.timestamp() + max(self._spacing, hold)
        if host.waiting:
            self._queue(name, host)
        elif not hold and not self._spacing:
            del self._hosts[name]

    def shift(self, seconds: float) -> None:
        """The clock was set by so much: what was planned is as far away as it was."""
        self._at = {feed: at + seconds for feed, at in self._at.items()}
        self._due = [(at, next(self._count), feed) for feed, at in self._at.items()]
        heapq.heapify(self._due)
        for host in self._hosts.values():
            host.free_at += seconds
        self._ready = [(at + seconds, number, name) for at, number, name in self._ready]  # their order stays

    def next_at(self) -> datetime | None:
        """When there may be a turn again, without anything else happening."""
        while self._due and self._at.get(self._due[0][2]) != self._due[0][0]:
            heapq.heappop(self._due)
        times = [heap[0][0] for heap in (self._due, self._ready) if heap]
        if not times or len(self._asked) >= self._limit:
            return None
        return datetime.fromtimestamp(min(times), UTC) + timedelta(milliseconds=1)

    def _line_up(self, clock: float) -> None:
        while self._due and self._due[0][0] <= clock:
            at, _, feed = heapq.heappop(self._due)
            if self._at.get(feed) != at:
                continue
            del self._at[feed]
            name = self._host_of[feed]
            host = self._hosts.setdefault(name, _Host())
            host.waiting.append(feed)
            if not host.busy:
                self._queue(name, host)

    def _queue(self, name: str, host: _Host) -> None:
        if not host.queued:
            host.queued = True
            heapq.heappush(self._ready, (host.free_at, next(self._count), name))
