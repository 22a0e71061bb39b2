"""Ingest at work on one share: the polling decided in `poll.py`, done by a fetcher."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.errors import PoisonRecord
from monitor.ingest.feed import Feed, share_of
from monitor.ingest.fetch import Fetcher
from monitor.ingest.poll import Policy, Polling
from monitor.ingest.reply import Fetch, Polled
from monitor.message.step import Step

MIN_IN_FLIGHT = 20  # requests of one share


def mine(feeds: Iterable[Feed], number: int, count: int) -> list[Feed]:
    """The feeds of share `number` of `count`: those of a host stay together, and so are asked one at a time."""
    return [feed for feed in feeds if share_of(feed.host, count) == number]


class Poller:
    """Keeps the protocol `Worker` of the stage loop.

    `listed` gives the feeds in force, the same list until it changes; of them it reads those whose host falls into
    share `number` of `count`. With `once` every feed that is due at start is polled once, without spreading.
    """

    def __init__(
        self,
        listed: Callable[[], Sequence[Feed]],
        fetcher: Fetcher,
        policy: Policy,
        *,
        number: int = 0,
        count: int = 1,
        once: bool = False,
    ) -> None:
        share = replace(policy, in_flight=max(policy.in_flight // count, MIN_IN_FLIGHT))
        self._listed, self._feeds = listed, listed()
        self._number, self._count = number, count
        self._polling = Polling(mine(self._feeds, number, count), share, once=once)
        self._fetcher = fetcher

    def restore(self, state: Mapping[str, bytes]) -> None:
        self._polling.restore(state)

    def decode(self, value: bytes) -> Any:
        raise PoisonRecord("ingest has no input")

    def step(self, messages: Sequence[Any], results: Sequence[Any], now: datetime) -> Step:
        if (listed := self._listed()) is not self._feeds:
            self._feeds = listed
            self._polling.relist(mine(listed, self._number, self._count))
        return self._polling.step(results, now)

    async def perform(self, action: Fetch) -> Polled:
        return await self._fetcher.fetch(action)

    def settled(self, now: datetime) -> bool:
        return self._polling.is_settled()

    def readings(self, now: datetime) -> Mapping[str, float]:
        return self._polling.readings(now)
