"""The decision of ingest: from what polls brought to items, notices, and the next feeds to ask."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from monitor.ingest import move
from monitor.ingest.bulletin import Bulletin, tell
from monitor.ingest.enter import Terms, enter
from monitor.ingest.feed import Feed, Priority, fraction
from monitor.ingest.memory import check
from monitor.ingest.network import Network, NetworkState
from monitor.ingest.parse.text import CLEANER
from monitor.ingest.reply import Failed, Fault, Fetch, Polled, Refused, Validators
from monitor.ingest.schedule import PACES, Pace, first_polls, first_wait, plan_next
from monitor.ingest.state import FEED, FeedState, Health, Why, delays, pack, unpack
from monitor.ingest.turns import Turns
from monitor.ingest.work import Work
from monitor.message.codec import encode
from monitor.message.step import ITEMS, Broken, Output, Step

STORIES, NETWORK = "stories:", "network"
WORK = 150  # entries read in one step; a step must not hold up the loop
LEAP = timedelta(seconds=60)  # a clock that goes back by more has been set
HOST_HOLD = 300  # seconds at most that a 429 for one feed keeps others of its host waiting
FORGET_AFTER = timedelta(days=30)  # state of feeds that are listed no more


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decided on polling. `spacing` seconds lie between requests to a host."""

    paces: Mapping[Priority, Pace] = field(default_factory=lambda: PACES)
    spacing: float = 1.0
    in_flight: int = 200
    cleaner: int = CLEANER


class Polling:
    """The state of one share's feeds, and the decisions on it. No clock and no I/O."""

    def __init__(self, feeds: Iterable[Feed], policy: Policy, *, once: bool = False) -> None:
        self._feeds = {feed.id: feed for feed in feeds}
        self._policy, self._once = policy, once
        self._anew: dict[str, Feed] | None = None  # a list that the next step takes up
        self._forget({})

    def _forget(self, committed: Mapping[str, bytes]) -> None:
        self._states = {
            key.removeprefix(FEED): unpack(value) for key, value in committed.items() if key.startswith(FEED)
        }
        self._stories = {
            key.removeprefix(STORIES): value for key, value in committed.items() if key.startswith(STORIES)
        }
        for packed in self._stories.values():
            check(packed)
        down = msgspec.json.decode(committed[NETWORK], type=NetworkState) if NETWORK in committed else NetworkState()
        self._network = Network(len({feed.host for feed in self._feeds.values()}), down.down_since)
        self._turns = Turns(self._policy.spacing, self._policy.in_flight)
        self._bulletin = Bulletin()
        self._backlog: deque[Polled] = deque()
        self._seen: datetime | None = None
        self._started = False

    def restore(self, committed: Mapping[str, bytes]) -> None:
        """Begin anew from committed state."""
        self._forget(committed)

    def relist(self, feeds: Iterable[Feed]) -> None:
        """Other feeds are wanted from the next step on."""
        self._anew = {feed.id: feed for feed in feeds}

    def states(self) -> Mapping[str, FeedState]:
        """How each feed is, by id."""
        return self._states

    def readings(self, now: datetime) -> dict[str, float]:
        """How many feeds there are, were polled, are well, and are in each state of trouble; what is in flight.

        Seconds: how late the latest poll is, and how long after publication the slowest feed's news are seen (p95).
        """
        states = [self._states[name] for name in self._feeds if name in self._states]
        sick = Counter(state.health for state in states if not state.health.is_well)
        late = [(now - state.next_poll).total_seconds() for state in states if state.next_poll]
        return {
            "feeds": len(self._feeds),
            "feeds_polled": sum(state.polled is not None for state in states),
            "feeds_well": len(self._feeds) - sick.total(),
            **{f"feeds_{health.name.lower()}": sick[health] for health in Health if not health.is_well},
            "polls_in_flight": self._turns.in_flight,
            "oldest_overdue_poll": max([0.0, *late]),
            "oldest_delay_p95": max((delays(state.delays)[1] or 0 for state in states), default=0),
        }

    def is_settled(self) -> bool:
        """Nothing is in flight, waiting, or due."""
        return self._started and self._turns.is_idle and not self._backlog

    def step(self, results: Sequence[Any], now: datetime) -> Step:
        """Enter the results, and say what to do next."""
        work = Work()
        self._heed_clock(now)
        if self._anew is not None:
            self._take_up(self._anew, work, now)
        if not self._started:
            self._start(work, now)
        self._backlog.extend(_polled(result) for result in results)
        while self._backlog and work.entries < WORK:
            self._enter(self._backlog.popleft(), work, now)
        actions = [self._order(feed) for feed in self._turns.take(now)]
        self._tell(work, now)
        wake_at = now if self._backlog else min(filter(None, (self._turns.next_at(), self._bulletin.at)), default=None)
        return Step(work.outputs, work.changes, actions, wake_at, work.facts)

    def _heed_clock(self, now: datetime) -> None:
        """A clock that was set back would leave every feed unasked until it is where it was."""
        if self._seen is not None and now < self._seen - LEAP:
            self._turns.shift((now - self._seen).total_seconds())
        self._seen = now

    def _start(self, work: Work, now: datetime) -> None:
        self._started = True
        self._begin(list(self._feeds.values()), now)
        for name, state in list(self._states.items()):
            if name not in self._feeds and state.polled and now - state.polled > FORGET_AFTER:
                del self._states[name]
                self._stories.pop(name, None)
                work.changes |= {FEED + name: None, STORIES + name: None}

    def _begin(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Plan the first polls of feeds that are new to this worker: at the known time, or spread from now on."""
        due: list[Feed] = []
        for feed in feeds:
            state = self._states.get(feed.id, FeedState())
            if state.url and state.url != feed.url:  # another address under the same id: its stories stay known
                state = FeedState(
                    succeeded=state.succeeded,
                    ledger=state.ledger,
                    rhythm=state.rhythm,
                    wait=state.wait,
                    told=state.told,
                )
            self._states[feed.id] = state
            ahead = state.polled is not None and state.polled > now + LEAP  # by a clock that is ahead of ours
            if ahead or state.next_poll is None or state.next_poll <= now:
                due.append(feed)
            elif not self._once:
                self._turns.plan(feed.id, feed.host, state.next_poll)
        for feed in feeds:
            self._bulletin.hear(feed.id, self._states[feed.id], now, network_down=self._network.is_down)
        for feed in due:
            self._turns.plan(feed.id, feed.host, now if self._once else self._first_turn(feed, len(due), now))

    def _take_up(self, anew: dict[str, Feed], work: Work, now: datetime) -> None:
        """Go on with another list: what stays in it keeps its turn, unless its address or its priority is another."""
        before, self._feeds, self._anew = self._feeds, anew, None
        self._network.hosts = len({feed.host for feed in anew.values()})
        for name in before.keys() - anew.keys():
            self._turns.drop(name)
        if not self._started:
            return
        self._begin([feed for name, feed in anew.items() if name not in before or before[name].url != feed.url], now)
        for name, feed in anew.items():
            state = self._states[name]
            if name in before and before[name].priority is not feed.priority and before[name].url == feed.url:
                self._replan(feed, state, work)

    def _replan(self, feed: Feed, state: FeedState, work: Work) -> None:
        """After a change of its pace."""
        if state.polled is None:
            return
        plan = plan_next(
            feed, state, self._policy.paces[feed.priority], state.polled, network_down=self._network.is_down
        )
        state = msgspec.structs.replace(state, next_poll=plan.at, wait=plan.wait, why=plan.why)
        self._states[feed.id] = state
        work.changes[FEED + feed.id] = pack(state)
        self._turns.plan(feed.id, feed.host, plan.at)

    def _first_turn(self, feed: Feed, among: int, now: datetime) -> datetime:
        state, pace = self._states[feed.id], self._policy.paces[feed.priority]
        return now + timedelta(seconds=first_wait(state, first_polls(among, pace), now) * fraction(feed.id))

    def _order(self, name: str) -> Fetch:
        feed, state = self._feeds[name], self._states[name]
        validators = Validators(state.validated_url, state.etag, state.modified)
        known = tuple(digest for digest in (state.digest, state.bad_digest) if digest)
        return Fetch(name, move.url_of(feed, state), validators, known)

    def _enter(self, polled: Polled, work: Work, now: datetime) -> None:
        feed = self._feeds.get(polled.fetch.feed)
        if feed is None or polled.fetch.url != move.url_of(feed, self._states[feed.id]):
            self._turns.end(polled.fetch.feed, now)  # listed no more, or elsewhere by now
            if feed is not None and not self._once:
                self._turns.plan(feed.id, feed.host, now)
            return
        self._hear(feed, polled, work, now)
        before = self._states[feed.id]
        terms = Terms(self._policy.paces[feed.priority], self._policy.cleaner, self._network.is_down)
        entered = enter(feed, before, self._stories.get(feed.id, b""), polled, terms, now)
        state = entered.state
        self._states[feed.id] = state
        work.changes[FEED + feed.id] = pack(state)
        if entered.memory is not None:
            self._stories[feed.id] = work.changes[STORIES + feed.id] = entered.memory.pack()
        for item in entered.harvest.items:
            work.outputs.append(Output(ITEMS, item.id, encode(item)))
        work.report(feed, before, state, polled, entered)
        self._bulletin.hear(feed.id, state, now, network_down=self._network.is_down)
        self._turns.end(feed.id, now, _hold(polled))
        if not self._once and state.next_poll:
            self._turns.plan(feed.id, feed.host, state.next_poll)

    def _tell(self, work: Work, now: datetime) -> None:
        """Tell the operator of the feeds of which there is a word to say, when that is due."""
        is_last = self._once and self.is_settled()
        if self._bulletin.at is None or (self._bulletin.at > now and not is_last):
            return
        feeds = [self._feeds[name] for name in self._bulletin.take() if name in self._feeds]
        for name, state in tell(feeds, self._states, work, now, network_down=self._network.is_down).items():
            self._states[name] = state
            work.changes[FEED + name] = pack(state)

    def _hear(self, feed: Feed, polled: Polled, work: Work, now: datetime) -> None:
        """Whether our own network is up, and what follows when that changes."""
        since = self._network.down_since
        went_down = self._network.heard(feed.host, polled.reply, now)
        if went_down is None:
            return
        work.changes[NETWORK] = msgspec.json.encode(NetworkState(self._network.down_since))
        if went_down:
            work.notice("network", now, now, "network.went_down", "No feed answers: our own network seems to be down.")
            return
        work.notice("network", since or now, now, "network.came_up", "Feeds answer again: our own network is up.")
        held = [self._feeds[name] for name, state in self._states.items()
                if state.why is Why.NETWORK and name in self._feeds]  # fmt: skip
        for feed_held in held if not self._once else ():
            self._turns.plan(feed_held.id, feed_held.host, self._first_turn(feed_held, len(held), now))


def _polled(result: Any) -> Polled:
    if isinstance(result, Broken):
        return Polled(result.action, Failed(Fault.OURS, result.error))
    found: Polled = result
    return found


def _hold(polled: Polled) -> float:
    """Seconds to leave the whole host alone: what it asked for, but not as long as to punish others behind it."""
    reply = polled.reply
    if isinstance(reply, Refused) and reply.status == 429:
        return min(reply.retry_after or HOST_HOLD, HOST_HOLD)
    return 0.0
