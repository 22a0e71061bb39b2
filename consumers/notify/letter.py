"""A letter: what one destination is to be told, before it is put into that destination's form."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from consumers.notify.exchange import Ref
from monitor.message.alert import Alert, Notice
from monitor.message.kind import Level


class Form(StrEnum):
    """What sort of message it is."""

    POST = "post"  # a new message
    CONFIRMED = "confirmed"  # a new message where none can be edited: what was unconfirmed is confirmed
    UPDATE = "update"  # an edit of the message, or an event of its own at a destination that takes events
    REPLY = "reply"  # a new fact: an edit, and a reply below the message
    CORRECTION = "correction"  # what was told is withdrawn
    DIGEST = "digest"
    NOTICE = "notice"  # to the operator


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One act in a digest, and why it is told there."""

    alert: Alert
    why: str = ""  # first_sight, storm, quiet_hours, daily_cap, routine, in_row, silenced ...
    note: str = ""  # what changed since: corrected, retracted


class DigestKind(StrEnum):
    FIRST = "first"  # of the last 24 h, at the first run or of a new feed
    DAILY = "daily"
    STORM = "storm"
    QUIET = "quiet"
    ROW = "row"  # of one row, in its thread: what was done of late, or that it is over


class Digest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Several acts in one message. Where they fill more than one, `page` counts from 1."""

    kind: DigestKind
    lines: tuple[Line, ...]
    total: int
    page: int = 1
    pages: int = 1
    going_on: bool = False  # a storm, or a row, that still lasts
    held: Mapping[str, int] = {}  # reason -> how many alerts were held back for it since the last one


class Earlier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was told before, for a message that names it."""

    alert: str
    sentence: str
    at: datetime
    level: Level
    link: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told. `alerts` are the newest states of the incidents of one message, the head first.

    The last fields are those of one attempt: `ref` is the message to edit or reply to, `resent` says that an earlier
    attempt may have arrived, `plain` asks for text alone since the full form was refused.
    """

    key: str  # the receiver's key for repeats: the same over all attempts
    form: Form
    alerts: tuple[Alert, ...] = ()
    digest: Digest | None = None
    notice: Notice | None = None
    earlier: Earlier | None = None
    ladder: bool = False  # the pair had a message here within 30 days
    via: str = ""  # the body through which a watched state is concerned
    sample: bool = False  # a test that somebody asked for
    public_url: str = ""
    ref: Ref | None = None
    resent: bool = False
    plain: bool = False
    at: datetime | None = None  # of the attempt

    @property
    def alert(self) -> Alert:
        """The head of the message; only for forms that tell of incidents."""
        return self.alerts[0]

    @property
    def level(self) -> Level:
        """The highest level in it."""
        alerts = (*self.alerts, *(line.alert for line in (self.digest.lines if self.digest else ())))
        return max((alert.level for alert in alerts), key=lambda level: level.rank, default=Level.INFO)
