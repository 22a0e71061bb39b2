"""Letters that wait for one destination: lanes that keep order, and the heads of lanes by when they are due."""

import heapq
from collections import deque
from collections.abc import Iterator
from datetime import datetime

from consumers.notify.state import Pending


class Queue:
    """The pending letters of one destination. Only the head of a lane may go; the lanes do not wait for each other."""

    def __init__(self) -> None:
        self._lanes: dict[str, deque[str]] = {}
        self._heads: list[tuple[datetime, int, str]] = []
        self._letters: dict[str, Pending] = {}
        self.under_way = 0

    def __iter__(self) -> Iterator[Pending]:
        return iter(list(self._letters.values()))

    def __len__(self) -> int:
        return len(self._letters)

    def put(self, pending: Pending) -> None:
        """Add a letter, or take its new state."""
        before = self._letters.get(pending.key)
        self._letters[pending.key] = pending
        self.under_way += pending.attempting - (before.attempting if before else False)
        lane = self._lanes.setdefault(pending.lane, deque())
        if before is None:
            lane.append(pending.key)
        if lane[0] == pending.key and not pending.attempting:
            heapq.heappush(self._heads, (pending.due, pending.number, pending.key))

    def remove(self, pending: Pending) -> None:
        """Forget a letter; the next of its lane moves up."""
        before = self._letters.pop(pending.key, None)
        if before is None:
            return
        self.under_way -= before.attempting
        lane = self._lanes[before.lane]
        was_head = lane[0] == before.key
        lane.remove(before.key)
        if not lane:
            del self._lanes[before.lane]
        elif was_head and not (head := self._letters[lane[0]]).attempting:
            heapq.heappush(self._heads, (head.due, head.number, head.key))

    def head(self) -> Pending | None:
        """The letter that is due first among the heads of lanes that are not under way."""
        while self._heads:
            due, _, key = self._heads[0]
            pending = self._letters.get(key)
            if pending and pending.due == due and not pending.attempting and self._lanes[pending.lane][0] == key:
                return pending
            heapq.heappop(self._heads)
        return None
