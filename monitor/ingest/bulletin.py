"""What the operator is told of feeds in trouble and feeds that are well again: many at once are one notice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from monitor.ingest.feed import Feed
from monitor.ingest.judge import is_over, is_worth_telling
from monitor.ingest.state import FEED, FeedState, Health, Why
from monitor.ingest.work import Work

# From the first that is worth a word to the notice of all that came by then. Trouble takes several polls to be told
# at all, each up to a tenth of its wait early or late: what broke together is found within about ten minutes.
GATHER = timedelta(minutes=10)
NAMED = 6  # feeds of one state that a notice names; `demarche feeds list` has them all


@dataclass(slots=True)
class Bulletin:
    """Which feeds there is a word to say of, and when. What waits here is found again in the states of the feeds."""

    at: datetime | None = None
    _feeds: set[str] = field(default_factory=set)

    def hear(self, feed: str, state: FeedState, now: datetime, *, network_down: bool) -> None:
        """Take one feed's state into account, as it is after a poll or a restart."""
        if _ended(state) or _is_news(state, network_down=network_down):
            self._feeds.add(feed)
            self.at = self.at or now + GATHER
        else:
            self._feeds.discard(feed)
            self.at = self.at if self._feeds else None

    def take(self) -> list[str]:
        """The feeds to tell of, by id; nothing waits afterwards."""
        taken = sorted(self._feeds)
        self._feeds.clear()
        self.at = None
        return taken


def tell(
    feeds: Iterable[Feed], states: Mapping[str, FeedState], work: Work, now: datetime, *, network_down: bool
) -> dict[str, FeedState]:
    """One notice of what ended and one of what is in trouble among `feeds`; the states that remember it."""
    listed = {feed.id: feed for feed in feeds}
    told: dict[str, FeedState] = {}
    over = [listed[name] for name in listed if _ended(states[name])]
    _notice(over, states, work, now, "feed.recovered", _recovered)
    for feed in over:
        told[feed.id] = msgspec.structs.replace(states[feed.id], told="")
    after = {**states, **told}
    sick = [listed[name] for name in listed if _is_news(after[name], network_down=network_down)]
    _notice(sick, after, work, now, "feed.troubled", _troubled)
    for feed in sick:
        told[feed.id] = msgspec.structs.replace(after[feed.id], told=str(after[feed.id].health))
    return told


def _ended(state: FeedState) -> bool:
    return bool(state.told) and is_over(state)


def _is_news(state: FeedState, *, network_down: bool) -> bool:
    """Whether there is trouble that the operator has not heard of; that of our own network is told as such."""
    is_new = not state.told or (state.health is Health.GONE and state.told != Health.GONE)
    return is_new and is_worth_telling(state) and not (network_down and state.why is Why.NETWORK)


Words = Callable[[Sequence[Feed], Mapping[str, FeedState]], str]


def _notice(
    feeds: Sequence[Feed], states: Mapping[str, FeedState], work: Work, now: datetime, event: str, words: Words
) -> None:
    if len(feeds) == 1:
        work.notice(FEED + feeds[0].id, states[feeds[0].id].since or now, now, event, words(feeds, states))
    elif feeds:
        work.notice("feeds", now, now, event, words(feeds, states))


def _recovered(feeds: Sequence[Feed], states: Mapping[str, FeedState]) -> str:
    if len(feeds) == 1:
        return f"{feeds[0].outlet} ({feeds[0].id}) is read again; it was: {states[feeds[0].id].told}."
    return f"{len(feeds)} feeds are read again: {_names(feeds)}."


def _troubled(feeds: Sequence[Feed], states: Mapping[str, FeedState]) -> str:
    if len(feeds) == 1:
        state = states[feeds[0].id]
        again = f" Next try {state.next_poll:%Y-%m-%d %H:%M} UTC." if state.next_poll else ""
        return f"{feeds[0].outlet} ({feeds[0].id}): {state.health}; {state.detail or 'no detail'}.{again}"
    by_health: dict[Health, list[Feed]] = {}
    for feed in feeds:
        by_health.setdefault(states[feed.id].health, []).append(feed)
    groups = sorted(by_health.items(), key=lambda group: -len(group[1]))
    parts = "; ".join(f"{len(some)} {health} ({_names(some)})" for health, some in groups)
    return f"{len(feeds)} feeds are in trouble: {parts}. See `demarche feeds list`."


def _names(feeds: Sequence[Feed]) -> str:
    shown = ", ".join(feed.id for feed in feeds[:NAMED])
    return shown + (f" and {len(feeds) - NAMED} more" if len(feeds) > NAMED else "")
