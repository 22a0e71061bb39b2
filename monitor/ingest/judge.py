"""How a feed is, from what its last poll brought; and when that is worth telling the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.ingest.document import Trouble, Unreadable
from monitor.ingest.reply import OF_THE_NETWORK, Failed, Fault, Fetched, Refused, Reply, Unchanged
from monitor.ingest.schedule import silent_for
from monitor.ingest.state import FeedState, Health

GONE_AFTER = 3  # 410 in a row
EMPTY_AFTER = 2  # documents in a row without the stories that there used to be
# Failures in a row before the operator hears of it: a server that answers wrongly is wrong; one that does not
# answer may be back soon.
TELL_AFTER = {
    Health.HTML: 2,
    Health.BOT_WALL: 2,
    Health.UNREADABLE: 2,
    Health.CERTIFICATE: 2,
    Health.REFUSED: 3,
    Health.UNREACHABLE: 4,
    Health.RATE_LIMITED: 6,
    Health.GONE: 0,
    Health.EMPTY: 0,
    Health.STALE: 0,
}

_UNREADABLE = {
    Trouble.NOT_A_FEED: Health.HTML,
    Trouble.BOT_WALL: Health.BOT_WALL,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the feed is after a poll."""

    health: Health
    detail: str = ""


def judge(state: FeedState, reply: Reply, now: datetime) -> Verdict:
    """`state` is that after the poll was entered in it (failures, empties, rhythm), but for the health itself."""
    match reply:
        case Failed(fault, detail):
            if fault is Fault.CERTIFICATE:
                return Verdict(Health.CERTIFICATE, detail)
            if fault in OF_THE_NETWORK or fault in (Fault.BAD_ANSWER, Fault.REDIRECTS, Fault.OURS):
                return Verdict(Health.UNREACHABLE, f"{fault}: {detail}" if detail else str(fault))
            return Verdict(Health.UNREADABLE, f"{fault}: {detail}")
        case Refused():
            return _refused(state, reply)
        case Fetched(document=Unreadable(trouble, detail)):
            return Verdict(_UNREADABLE.get(trouble, Health.UNREADABLE), f"{trouble}: {detail}" if detail else trouble)
        case Unchanged(digest=digest) if digest and digest == state.bad_digest:
            return Verdict(state.bad_health, state.bad_detail)
    return _read(state, reply, now)


def _refused(state: FeedState, reply: Refused) -> Verdict:
    said = f"HTTP {reply.status}"
    if state.gone >= GONE_AFTER:
        return Verdict(Health.GONE, f"{said}, {state.gone} times in a row")
    if reply.bot_wall:
        return Verdict(Health.BOT_WALL, said)
    if reply.status == 429 or (reply.status == 503 and reply.retry_after is not None):
        return Verdict(Health.RATE_LIMITED, said)
    return Verdict(Health.UNREACHABLE if reply.status >= 500 else Health.REFUSED, said)


def _read(state: FeedState, reply: Reply, now: datetime) -> Verdict:
    if state.empties and state.rhythm.last is None:
        return Verdict(Health.EMPTY, "never had an entry")
    if state.empties >= EMPTY_AFTER:
        return Verdict(Health.EMPTY, f"no entry in {state.empties} polls; there used to be")
    limit = silent_for(state.rhythm)
    if limit is not None and state.rhythm.last and (now - state.rhythm.last).total_seconds() > limit:
        return Verdict(Health.STALE, f"nothing new since {state.rhythm.last:%Y-%m-%d %H:%M}; usually within "
                                     f"{timedelta(seconds=int(state.rhythm.longest))}")  # fmt: skip
    if isinstance(reply, Unchanged):
        if state.health is Health.SALVAGED:
            return Verdict(Health.SALVAGED, state.detail)
        return Verdict(Health.NOT_MODIFIED)
    partial = isinstance(reply, Fetched) and not isinstance(reply.document, Unreadable) and reply.document.partial
    return Verdict(Health.SALVAGED, "a part of the document could not be read") if partial else Verdict(Health.OK)


def is_worth_telling(state: FeedState) -> bool:
    """Whether the operator should know of this trouble; of an empty feed only where it used to have something."""
    if state.health.is_well or (state.health is Health.EMPTY and state.rhythm.last is None):
        return False
    return state.failures >= TELL_AFTER.get(state.health, 2)


def is_over(state: FeedState) -> bool:
    """Whether the trouble that the operator was told of (`told`) has ended; another one may have come."""
    in_content = state.told in (Health.STALE, Health.EMPTY)
    return state.health.is_well or (state.failures == 0 and not in_content)
