"""The state of notify in memory, with indexes, and what of it changed since it was last written down."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from consumers.notify.letter import Digest, DigestKind
from consumers.notify.queue import Queue
from consumers.notify.state import (
    Dead,
    Desk,
    Gathered,
    Held,
    Pending,
    Post,
    Remembered,
    RowThread,
    Silence,
    decode,
    encode,
    name_of,
)
from monitor.message.step import Changes

_LEAP = timedelta(seconds=60)  # a clock that goes back by more has been set


class Ledger:
    """Every record of state. Change it through `put` and `forget` only: they note the change."""

    def __init__(self, state: Mapping[str, bytes] | None = None) -> None:
        self.pending: dict[str, Pending] = {}
        self.dead: dict[str, Dead] = {}
        self.posts: dict[str, Post] = {}
        self.held: dict[tuple[str, str], Held] = {}
        self.gathered: dict[tuple[str, str], dict[str, Gathered]] = defaultdict(dict)
        self.desks: dict[str, Desk] = {}
        self.silences: dict[str, Silence] = {}
        self.rows: dict[tuple[str, str], RowThread] = {}
        self.queues: dict[str, Queue] = defaultdict(Queue)
        self._told: dict[tuple[str, str], list[str]] = defaultdict(list)  # (destination, incident) -> posts
        self._messages: dict[tuple[str, str], str] = {}  # (destination, message) -> the latest post
        self._changes: dict[str, bytes | None] = {}
        self._number = 0
        records = [decode(value) for value in (state or {}).values()]
        for record in sorted(records, key=lambda one: one.number if isinstance(one, Pending) else 0):
            self._index(record)
        times = [one.tried_at or one.at for one in self.pending.values()]
        times += [one.at for of_kind in self.gathered.values() for one in of_kind.values()]
        self._seen_clock = max(times, default=None)

    def put(self, record: Remembered) -> None:
        """Keep a record, new or changed."""
        self._index(record)
        self._changes[name_of(record)] = encode(record)

    def forget(self, record: Remembered) -> None:
        """Drop a record."""
        self._changes[name_of(record)] = None
        match record:
            case Pending():
                self.pending.pop(record.key, None)
                self.queues[record.destination].remove(record)
            case Dead():
                self.dead.pop(record.pending.key, None)
            case Post():
                self._forget_post(record)
            case Held():
                self.held.pop((record.destination, record.alert.incident), None)
            case Gathered():
                self.gathered[record.destination, record.kind].pop(record.line.alert.id, None)
            case Silence():
                self.silences.pop(record.id, None)
            case RowThread():
                self.rows.pop((record.destination, record.row), None)
            case Desk():
                self.desks.pop(record.name, None)

    def changes(self) -> Changes:
        """What changed since this was last called."""
        changes, self._changes = self._changes, {}
        return changes

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def desk(self, name: str, now: datetime) -> Desk:
        """The destination, which begins now where it was not known."""
        if name not in self.desks:
            self.put(Desk(name=name, since=now))
        return self.desks[name]

    def posts_with(self, destination: str, incident: str) -> list[Post]:
        """The messages of a destination in which the incident is, the oldest first."""
        keys = self._told.get((destination, incident), [])
        return [self.posts[key] for key in keys]

    def post_of(self, destination: str, message: str) -> Post | None:
        """The latest post of this message."""
        key = self._messages.get((destination, message))
        return self.posts.get(key) if key else None

    def letters_for(self, post: Post) -> Iterator[Pending]:
        """The letters that still wait to make or change this post."""
        return (one for one in self.queues[post.destination] if one.post == post.key)

    def lines(self, destination: str, kind: DigestKind) -> list[Gathered]:
        return list(self.gathered[destination, str(kind)].values())

    def is_gathered(self, destination: str, alert: str) -> bool:
        """The alert is a line of a digest to come."""
        return any(alert in self.gathered[destination, str(kind)] for kind in DigestKind)

    def clock_moved(self, now: datetime) -> None:
        """Where the clock was set back, move what waits by the same: else it would wait that much longer."""
        seen, self._seen_clock = self._seen_clock, now
        if seen is None or seen - now < _LEAP:
            return
        back = seen - now
        for pending in list(self.pending.values()):
            self.put(msgspec.structs.replace(pending, due=pending.due - back))
        for gathered in [one for of_kind in self.gathered.values() for one in of_kind.values() if one.at > now]:
            self.put(msgspec.structs.replace(gathered, at=now))
        for desk in list(self.desks.values()):
            moved = {
                name: at - back
                for name in ("open_until", "wait_until", "storm_since", "storm_told_at")
                if (at := getattr(desk, name)) is not None
            }
            self.put(msgspec.structs.replace(desk, **moved, posts=tuple(at - back for at in desk.posts)))

    def _index(self, record: Remembered) -> None:
        match record:
            case Pending():
                self.pending[record.key] = record
                self._number = max(self._number, record.number)
                self.queues[record.destination].put(record)
            case Dead():
                self.dead[record.pending.key] = record
            case Post():
                self._index_post(record)
            case Held():
                self.held[record.destination, record.alert.incident] = record
            case Gathered():
                self.gathered[record.destination, record.kind][record.line.alert.id] = record
            case Desk():
                self.desks[record.name] = record
            case Silence():
                self.silences[record.id] = record
            case RowThread():
                self.rows[record.destination, record.row] = record

    def _index_post(self, post: Post) -> None:
        self.posts[post.key] = post
        for alert in post.alerts:
            keys = self._told[post.destination, alert.incident]
            if post.key not in keys:
                keys.append(post.key)
                keys.sort(key=lambda key: self.posts[key].at)
        if post.message:
            latest = self.post_of(post.destination, post.message)
            if latest is None or latest.at <= post.at:
                self._messages[post.destination, post.message] = post.key

    def _forget_post(self, post: Post) -> None:
        self.posts.pop(post.key, None)
        for alert in post.alerts:
            keys = self._told.get((post.destination, alert.incident), [])
            if post.key in keys:
                keys.remove(post.key)
        if self._messages.get((post.destination, post.message)) == post.key:
            del self._messages[post.destination, post.message]


def paged(digest: Digest, size: int) -> list[Digest]:
    """The digest in pages of at most `size` lines, each of which says which it is."""
    lines = digest.lines
    parts = [lines[start : start + size] for start in range(0, len(lines), size)] or [()]
    return [
        msgspec.structs.replace(digest, lines=part, page=number, pages=len(parts))
        for number, part in enumerate(parts, start=1)
    ]
