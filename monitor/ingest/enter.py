"""One poll entered in the books: from what came, the new state of the feed and what it brought."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from monitor.ingest import move
from monitor.ingest.document import Document, Unreadable
from monitor.ingest.feed import Feed
from monitor.ingest.harvest import Drop, Harvest, Sight, gather
from monitor.ingest.identity import Distrust
from monitor.ingest.judge import judge
from monitor.ingest.memory import Memory
from monitor.ingest.reply import Answer, Failed, Fetched, Polled, Refused, Reply, Unchanged
from monitor.ingest.schedule import Pace, heard, plan_next
from monitor.ingest.state import FeedState, Hints, Ledger
from monitor.message.item import Item

replace = msgspec.structs.replace

OUTAGE = 3600  # seconds without a document, at least: what is then read may all be old
DELAYS = 50
SLOW_MOST = 3  # doublings after 429
SLOW_UNDONE_AFTER = 20  # good polls


@dataclass(frozen=True, slots=True)
class Entered:
    """The feed after a poll. `memory` is None where its stories are as they were."""

    state: FeedState
    harvest: Harvest
    memory: Memory | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the entering of a poll rests on, besides the poll."""

    pace: Pace
    cleaner: int
    network_down: bool = False


def enter(feed: Feed, state: FeedState, packed: bytes, polled: Polled, terms: Terms, now: datetime) -> Entered:
    """Enter one poll. `packed` is the feed's memory."""
    reply = polled.reply
    state = replace(state, polled=now, url=feed.url, ledger=_counted(state.ledger, polls=1))
    harvest, memory = Harvest(distrust=Distrust(state.distrust)), None
    match reply:
        case Fetched(answer, Document() as document):
            memory = Memory.unpack(packed) if packed else Memory()
            sight = Sight(now, _is_first_sight(state, terms.pace, now), terms.cleaner)
            harvest = gather(feed, document, memory, Distrust(state.distrust), sight)
            state = _read(state, reply, document, harvest, sight)
            state = _succeeded(state, answer, now)
        case Unchanged(answer, digest) if not digest or digest != state.bad_digest:
            empties = state.empties + 1 if state.empties else 0
            state = replace(state, ledger=_counted(state.ledger, unchanged=1), empties=empties)
            state = _succeeded(_validated(state, answer), answer, now)
        case _:
            state = _failed(state, reply)
    verdict = judge(state, reply, now)
    if isinstance(reply, Fetched) and isinstance(reply.document, Unreadable):
        state = replace(state, bad_health=verdict.health, bad_detail=verdict.detail[:300])
    since = state.since if verdict.health is state.health else now
    state = replace(state, health=verdict.health, detail=verdict.detail[:300], since=since or now)
    plan = plan_next(feed, state, terms.pace, now, network_down=terms.network_down)
    state = replace(state, next_poll=plan.at, wait=plan.wait, why=plan.why)
    return Entered(state, harvest, memory)


def _is_first_sight(state: FeedState, pace: Pace, now: datetime) -> bool:
    if state.succeeded is None:
        return True
    meant = 0 if state.failures else state.wait  # a server may ask for long waits; a back-off is none of its asking
    return (now - state.succeeded).total_seconds() > max(OUTAGE, 4 * pace.ceiling, 2 * meant)


def _read(state: FeedState, reply: Fetched, document: Document, harvest: Harvest, sight: Sight) -> FeedState:
    """After a document: what it says of itself, and what it brought."""
    fresh = [item for item in harvest.items if not item.update]
    stories = [item.event_time for item in fresh if item.published or not sight.first]
    delays = [_delay(item) for item in fresh if item.published and not item.first_sight]
    return replace(
        _validated(state, reply.answer) if reply.digest else state,
        digest=reply.digest or state.digest,
        bad_digest=b"",
        hints=Hints(document.ttl, document.update_period, document.skip_hours, document.skip_days),
        empties=0 if document.entries else state.empties + 1,
        distrust=int(harvest.distrust),
        rhythm=heard(state.rhythm, stories),
        delays=(*state.delays, *delays)[-DELAYS:],
        ledger=_counted(
            state.ledger,
            harvest.dropped,
            read=len(document.entries),
            known=harvest.known,
            new=harvest.new,
            updated=harvest.updated,
            undated=harvest.undated,
            turned_over=int(harvest.turned_over),
        ),
    )


def _succeeded(state: FeedState, answer: Answer, now: datetime) -> FeedState:
    good = state.good + 1
    undone = state.slowed > 0 and good % SLOW_UNDONE_AFTER == 0
    return replace(
        state,
        succeeded=now,
        fresh_for=answer.fresh_for,
        retry_after=None,
        failures=0,
        gone=0,
        good=good,
        slowed=state.slowed - undone,
        move=move.seen(state.move, answer.moved_to, now),
    )


def _failed(state: FeedState, reply: Reply) -> FeedState:
    failures = state.failures + 1
    state = replace(state, failures=failures, good=0, fresh_for=0, retry_after=None)
    state = replace(state, move=move.failed(state.move, failures))
    match reply:
        case Refused(status, retry_after):
            slowed = min(state.slowed + 1, SLOW_MOST) if status == 429 else state.slowed
            gone = state.gone + 1 if status == 410 else 0
            state = replace(state, retry_after=retry_after, slowed=slowed, gone=gone)
        case Fetched(answer, Unreadable(), digest):
            # Not its validators: a page's Last-Modified is younger than the feed's, and would hide its return.
            state = replace(state, bad_digest=digest, fresh_for=answer.fresh_for, gone=0)
        case Unchanged(answer):
            state = replace(state, fresh_for=answer.fresh_for, gone=0)
        case Failed():
            state = replace(state, gone=0)
    return state


def _validated(state: FeedState, answer: Answer) -> FeedState:
    given = answer.validators
    return replace(state, validated_url=given.url, etag=given.etag, modified=given.modified)


def _delay(item: Item) -> int:
    return max(int((item.first_seen - (item.published or item.first_seen)).total_seconds()), 0)


def _counted(ledger: Ledger, dropped: Mapping[Drop, int] | None = None, **more: int) -> Ledger:
    total = {name: getattr(ledger, name) + count for name, count in more.items()}
    if dropped:
        total["dropped"] = dict(Counter(ledger.dropped) + Counter(dropped))
    return replace(ledger, **total)
