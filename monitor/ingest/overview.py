"""How the feeds are, for people: one row a feed, trouble first, and the ledger of what each of them brought."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from monitor.ingest.feed import Feed, shown_url
from monitor.ingest.identity import FORCED, Distrust
from monitor.ingest.schedule import silent_for
from monitor.ingest.state import FEED, FeedState, Health, delays, unpack

_ORDER = {health: number for number, health in enumerate(Health)}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One feed. Delays, from publication to sight of what was new, are seconds; `dropped` counts by reason."""

    id: str
    outlet: str
    url: str
    priority: str
    state: str
    well: bool
    detail: str
    since: datetime | None
    last_item: datetime | None
    last_success: datetime | None
    next_poll: datetime | None
    wait: int
    why: str
    failures: int
    polls: int
    unchanged: int
    read: int
    known: int
    new: int
    updated: int
    undated: int
    turned_over: int
    dropped: Mapping[str, int]
    delay_p50: int | None
    delay_p95: int | None
    told_apart_by: str


def overview(feeds: Iterable[Feed], committed: Mapping[str, bytes], now: datetime) -> list[Row]:
    """A row for each feed of the list, from the state of ingest as last committed; the worst first."""
    rows = [_row(feed, unpack(committed.get(FEED + feed.id, b"")), now) for feed in feeds]
    return sorted(rows, key=lambda row: (_ORDER[Health(row.state)], -row.failures, row.id))


def well(rows: Iterable[Row]) -> Counter[str]:
    """How many feeds there are in each state."""
    return Counter(row.state for row in rows)


def _row(feed: Feed, state: FeedState, now: datetime) -> Row:
    ledger, health = state.ledger, _health(state, now)
    p50, p95 = delays(state.delays)
    distrust = FORCED[feed.basis] if feed.basis else Distrust(state.distrust)
    return Row(
        id=feed.id,
        outlet=feed.outlet,
        url=shown_url(feed.url),
        priority=feed.priority,
        state=str(health),
        well=health.is_well,
        detail=state.detail if health is state.health else "nothing new for long; not polled since",
        since=state.since,
        last_item=state.rhythm.last,
        last_success=state.succeeded,
        next_poll=state.next_poll,
        wait=state.wait,
        why=str(state.why),
        failures=state.failures,
        polls=ledger.polls,
        unchanged=ledger.unchanged,
        read=ledger.read,
        known=ledger.known,
        new=ledger.new,
        updated=ledger.updated,
        undated=ledger.undated,
        turned_over=ledger.turned_over,
        dropped=ledger.dropped,
        delay_p50=p50,
        delay_p95=p95,
        told_apart_by=str(distrust.basis),
    )


def _health(state: FeedState, now: datetime) -> Health:
    """As last judged; silence goes on while nobody polls."""
    limit = silent_for(state.rhythm)
    if state.health.is_well and limit is not None and state.rhythm.last:
        return Health.STALE if (now - state.rhythm.last).total_seconds() > limit else state.health
    return state.health
