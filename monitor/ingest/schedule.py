"""When to ask a feed again, and why then: pure, and spread by hash instead of dice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low

from monitor.ingest.feed import Feed, Priority, fraction
from monitor.ingest.state import FeedState, Health, Hints, Rhythm, Why

MAX_WAIT = 6 * 3600  # seconds; after failures, and for what a cache says
MAX_RETRY_AFTER = 24 * 3600
MAX_HINT = 3600  # ttl and sy: are hints; the default of sy: would be a day
RATE_WAIT = 1800  # after a 429 that names no time
WALL_WAIT = 3600  # behind a bot wall: knocking more often makes it higher
GONE_WAIT = 7 * 86400
NETWORK_WAIT = 120
SPREAD = 0.1  # of a wait, added by hash
SHORTLY = 2.0
GAPS = 16
FADES = 0.98  # of the longest gap, with each story


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two polls of a priority: at least, at most."""

    floor: int
    ceiling: int


PACES: Mapping[Priority, Pace] = {
    Priority.WIRE: Pace(60, 300),
    Priority.HIGH: Pace(120, 900),
    Priority.NORMAL: Pace(300, 1800),
    Priority.LOW: Pace(900, 3600),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """When a feed is polled next. `wait` is the interval without its spread, `why` what set it."""

    at: datetime
    wait: int
    why: Why


def plan_next(feed: Feed, state: FeedState, pace: Pace, now: datetime, *, network_down: bool = False) -> Plan:
    """The next poll of a feed whose last one (in `state`) has just ended."""
    wait, why = _wait(state, pace, now)
    if network_down and state.health is Health.UNREACHABLE:
        wait, why = NETWORK_WAIT, Why.NETWORK
    spread = SPREAD * wait * fraction(f"{feed.id} {state.ledger.polls}")
    at = now + timedelta(seconds=wait + spread)
    later = _not_skipped(at, state.hints)
    return Plan(later, wait, why) if later == at else Plan(later, int((later - now).total_seconds()), Why.SKIPPED)


def first_polls(feeds: int, pace: Pace) -> float:
    """Seconds over which polls that are due at start are spread: a few feeds at once, many over their interval."""
    return min(pace.floor, 5 + 0.05 * feeds)


def first_wait(state: FeedState, window: float, now: datetime) -> float:
    """Seconds within which a feed that is due is asked first: the window, but less than two intervals after it was
    asked last, where that can still be kept. So whoever takes over the feeds of a process that died misses little.
    """
    if state.polled is None or state.failures:
        return window
    left = (state.polled - now).total_seconds() + 2 * state.wait
    return min(window, max(left * 0.9, SHORTLY))


def _wait(state: FeedState, pace: Pace, now: datetime) -> tuple[int, Why]:
    if state.health is Health.GONE:
        return GONE_WAIT, Why.GONE
    wait, why = _own(state.rhythm, pace, now)
    if state.slowed:
        wait, why = min(max(wait, pace.floor) * 2**state.slowed, MAX_WAIT), Why.RATE
    if state.failures:
        wait, why = _backed_off(state, pace), Why.BACK_OFF
    asked = [
        (min(state.fresh_for, MAX_WAIT), Why.CACHE),
        (min(state.hints.ttl or 0, MAX_HINT), Why.TTL),
        (min(state.hints.update_period or 0, MAX_HINT), Why.SYNDICATION),
        (min(state.retry_after or 0, MAX_RETRY_AFTER), Why.RETRY_AFTER),
    ]
    return max([(wait, why), *asked], key=lambda one: one[0])


def _own(rhythm: Rhythm, pace: Pace, now: datetime) -> tuple[int, Why]:
    """Half the usual gap between stories; slower in a silence, within floor and ceiling."""
    if not rhythm.gaps or rhythm.last is None:
        return pace.floor, Why.FLOOR
    silence = (now - rhythm.last).total_seconds()
    wait = int(max(median_low(rhythm.gaps) / 2, silence / 10))
    if wait <= pace.floor:
        return pace.floor, Why.FLOOR
    return (wait, Why.RHYTHM) if wait < pace.ceiling else (pace.ceiling, Why.CEILING)


def _backed_off(state: FeedState, pace: Pace) -> int:
    start = pace.floor
    if state.health is Health.RATE_LIMITED and state.retry_after is None:
        start = max(start, RATE_WAIT // 2)
    if state.health is Health.BOT_WALL:
        start = max(start, WALL_WAIT // 2)
    return int(min(start * 2 ** min(state.failures, 12), MAX_WAIT))


def _not_skipped(at: datetime, hints: Hints) -> datetime:
    """The first time from `at` on that is in no hour and no day that the feed asks to skip."""
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return at
    later = at
    for _ in range(24 * 7):
        if later.hour not in hints.skip_hours and later.weekday() not in hints.skip_days:
            return later
        start = later.replace(minute=0, second=0, microsecond=0)
        later = start + timedelta(hours=1, seconds=at.minute * 10)  # not all at the stroke of the hour
    return at


def heard(rhythm: Rhythm, stories: list[datetime]) -> Rhythm:
    """The rhythm after stories were told at these times."""
    last, gaps, longest = rhythm.last, list(rhythm.gaps), rhythm.longest
    for at in sorted(stories):
        if last is None:
            last = at
        elif at > last:
            gap = int((at - last).total_seconds())
            gaps.append(gap)
            longest = max(float(gap), longest * FADES)
            last = at
    return Rhythm(last, tuple(gaps[-GAPS:]), longest)


def silent_for(rhythm: Rhythm) -> float | None:
    """Seconds of silence after which a feed is stale against its own rhythm; None while that is not known."""
    if len(rhythm.gaps) < 5:
        return None
    return max(3 * rhythm.longest, 24 * 3600)
