"""What notify remembers, record by record, and the bytes of it. One record of state is one value here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from consumers.notify.exchange import Ref
from consumers.notify.letter import Letter, Line
from monitor.message.alert import Alert
from monitor.message.codec import SCHEMA, decoder
from monitor.message.kind import Level


class Pending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="pending"):
    """A letter on its way to one destination.

    Letters of one `lane` go in order of `number`. While `attempting` is committed, an attempt may be under way, or
    may have been when the process died: then `resent` is set and the letter goes out again.
    """

    key: str
    destination: str
    lane: str
    number: int
    letter: Letter
    post: str  # key of the `Post` that it makes or changes; "" for none
    covers: tuple[str, ...] = ()  # ids of the alerts that it tells
    at: datetime  # when it was queued
    due: datetime
    tries: int = 0
    tried_at: datetime | None = None
    attempting: bool = False
    resent: bool = False
    plain: bool = False
    answer: str = ""
    schema: int = SCHEMA


class Dead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="dead"):
    """A letter that was refused for good or grew too old."""

    pending: Pending
    reason: str
    at: datetime
    schema: int = SCHEMA


class Post(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="post"):
    """What one destination was told in one message, or will be once its letter arrives."""

    key: str
    destination: str
    message: str
    alerts: tuple[Alert, ...]  # the newest state of each incident in it, the head first
    told: tuple[str, ...] = ()  # ids of the alerts that are in it
    at: datetime
    edited_at: datetime | None = None
    sent: bool = False
    ref: Ref | None = None
    unconfirmed: bool = False  # it said so
    withdrawn: tuple[str, ...] = ()  # incidents whose withdrawal was told
    digest: bool = False  # the incidents are lines of a digest
    schema: int = SCHEMA


class Held(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="held"):
    """An incident that a destination was not told of, and why."""

    destination: str
    alert: Alert
    reason: str
    at: datetime
    silence: str = ""
    schema: int = SCHEMA


class Gathered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="gathered"):
    """A line that waits for the next digest of its kind."""

    destination: str
    kind: str  # a DigestKind
    line: Line
    at: datetime
    schema: int = SCHEMA


class Desk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="desk"):
    """A destination: since when it is told, how it fares, and what it may take now."""

    name: str
    since: datetime
    paused: bool = False  # by the operator
    disabled: str = ""  # why it takes nothing more, until it is resumed or set up anew
    fingerprint: str = ""  # of its settings when it was disabled
    failures: int = 0  # in a row
    open_until: datetime | None = None  # the circuit: no attempt before
    circuits: int = 0  # times that it opened since the last success
    told_trouble: bool = False  # the operator knows
    wait_until: datetime | None = None  # Retry-After
    tokens: float = 0.0
    tokens_at: datetime | None = None
    posts: tuple[datetime, ...] = ()  # of late, for the storm
    storm_since: datetime | None = None
    storm_post: str = ""  # key of the digest that is edited while the storm lasts
    storm_told_at: datetime | None = None
    storm_count: int = 0
    day: str = ""  # of `today`
    today: int = 0  # posts of this day
    digest_at: datetime | None = None  # the next one
    held: Mapping[str, int] = {}  # reason -> alerts held back since the last digest
    refused: Mapping[str, datetime] = {}  # reason -> when the operator was told
    schema: int = SCHEMA


class Silence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="silence"):
    """Alerts that match are not posted until it ends, unless their level rises above what it has held."""

    id: str
    match: Mapping[str, str]
    author: str = ""
    why: str = ""
    at: datetime
    until: datetime
    held: int = 0
    level: Level | None = None  # the highest that it has held
    schema: int = SCHEMA


class RowThread(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="row"):
    """A row that a destination was told of. `lines` are the repeats since the last summary, where there are threads."""

    destination: str
    row: str
    latest: Alert
    post: str  # key of the message that opened it
    until: datetime  # it is over then, if nothing comes
    lines: tuple[Line, ...] = ()
    summary_at: datetime | None = None
    schema: int = SCHEMA


Remembered = Pending | Dead | Post | Held | Gathered | Desk | Silence | RowThread

encode = msgspec.json.Encoder().encode
decode: Callable[[bytes], Remembered] = decoder(Remembered)  # raises `PoisonRecord`


def name_of(record: Any) -> str:
    """The key of state under which a record is kept."""
    match record:
        case Pending():
            return f"pending/{record.key}"
        case Dead():
            return f"dead/{record.pending.key}"
        case Post():
            return f"post/{record.key}"
        case Held():
            return f"held/{record.destination}/{record.alert.incident}"
        case Gathered():
            return f"gathered/{record.destination}/{record.line.alert.id}"
        case Desk():
            return f"desk/{record.name}"
        case Silence():
            return f"silence/{record.id}"
        case RowThread():
            return f"row/{record.destination}/{record.row}"
    raise TypeError(type(record).__name__)
