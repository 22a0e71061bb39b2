"""What is remembered of a feed between polls, beside its stories."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from statistics import quantiles

import msgspec

from monitor.errors import PoisonRecord
from monitor.ingest.identity import Distrust

SCHEMA = 1
FEED = "feed:"  # before the id, the key of its state


class Health(StrEnum):
    """How a feed is. The order is that of trouble: what needs a hand first comes first."""

    GONE = "gone"
    CERTIFICATE = "certificate trouble"
    HTML = "HTML instead of a feed"
    BOT_WALL = "bot wall"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate limited"
    EMPTY = "empty"
    STALE = "stale"
    SALVAGED = "salvaged"
    NEW = "not polled yet"
    NOT_MODIFIED = "not modified"
    OK = "ok"

    @property
    def is_well(self) -> bool:
        return self in (Health.OK, Health.NOT_MODIFIED, Health.NEW, Health.SALVAGED)


class Why(StrEnum):
    """What set the time of the next poll."""

    FIRST = "first poll"
    RHYTHM = "the feed's own rhythm"
    FLOOR = "as often as its priority allows"
    CEILING = "as rarely as its priority allows"
    CACHE = "Cache-Control of the server"
    TTL = "ttl of the feed"
    SYNDICATION = "sy:updatePeriod of the feed"
    SKIPPED = "skipHours or skipDays of the feed"
    RETRY_AFTER = "Retry-After of the server"
    BACK_OFF = "back-off after failures"
    RATE = "slowed down by the server's 429"
    GONE = "gone; looked at again now and then"
    NETWORK = "our own network is down"


class Hints(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the document itself says of when to come back; seconds, hours in UTC, 0 is Monday."""

    ttl: int | None = None
    update_period: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


class Rhythm(msgspec.Struct, frozen=True, omit_defaults=True):
    """When stories came: the last one, the last gaps between them, and the longest (it fades). Seconds."""

    last: datetime | None = None
    gaps: tuple[int, ...] = ()
    longest: float = 0.0


class Move(msgspec.Struct, frozen=True, omit_defaults=True):
    """A permanent redirect that is being watched, or (`stored`) was taken at its word."""

    url: str
    since: datetime
    successes: int = 0
    stored: bool = False


class Ledger(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of all that a feed ever showed: the answer to "was it missed?"."""

    polls: int = 0
    unchanged: int = 0  # polls
    read: int = 0  # entries in documents that had changed
    known: int = 0
    new: int = 0
    updated: int = 0
    undated: int = 0  # new at first sight without a date: they never alert
    turned_over: int = 0  # documents that shared no story with the one before
    dropped: Mapping[str, int] = {}


class FeedState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is remembered of one feed. Durations are seconds."""

    schema: int = SCHEMA
    url: str = ""  # as listed when this was written: another one begins anew, its stories aside
    # what the server said last
    validated_url: str = ""
    etag: bytes = b""
    modified: bytes = b""
    digest: bytes = b""  # of the last body that was a feed
    bad_digest: bytes = b""  # of the last body that was none, and what was found in it
    bad_health: Health = Health.HTML
    bad_detail: str = ""
    hints: Hints = Hints()
    move: Move | None = None
    # when
    polled: datetime | None = None
    succeeded: datetime | None = None  # last time that the feed, or word that it is unchanged, came
    next_poll: datetime | None = None
    wait: int = 0
    why: Why = Why.FIRST
    fresh_for: int = 0
    retry_after: int | None = None
    slowed: int = 0  # doublings of the interval after 429, undone by good polls
    good: int = 0  # polls in a row
    # how it is
    health: Health = Health.NEW
    detail: str = ""
    since: datetime | None = None  # this health
    failures: int = 0  # in a row
    gone: int = 0  # 410 in a row
    empties: int = 0  # documents without an entry, in a row
    told: str = ""  # the trouble that the operator was told of
    # what it carries
    distrust: int = int(Distrust.NOTHING)
    rhythm: Rhythm = Rhythm()
    ledger: Ledger = Ledger()
    delays: tuple[int, ...] = ()  # from publication to sight, of the latest items

    @property
    def is_first(self) -> bool:
        """No document of it was read yet."""
        return self.succeeded is None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FeedState).decode


def pack(state: FeedState) -> bytes:
    return _encode(state)


def unpack(packed: bytes) -> FeedState:
    """From `pack`; of damaged bytes nothing is known. Raises `PoisonRecord` for a state of a later release."""
    try:
        state = _decode(packed)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return FeedState()
    if state.schema > SCHEMA:
        raise PoisonRecord(f"a feed's state written by a later release: schema {state.schema}, known here: {SCHEMA}")
    return state if state.schema == SCHEMA else FeedState()


def delays(found: tuple[int, ...]) -> tuple[int | None, int | None]:
    """The median and the 95th percentile."""
    if not found:
        return None, None
    if len(found) == 1:
        return found[0], found[0]
    cuts = quantiles(found, n=20, method="inclusive")
    return round(cuts[9]), round(cuts[18])
