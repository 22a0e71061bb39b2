"""An incident: one act in the world, as many items tell of it. It is the state of correlate, and what commands show."""

from collections.abc import Callable
from datetime import date, datetime

import msgspec

from monitor.message.alert import Reason
from monitor.message.codec import SCHEMA, decoder
from monitor.message.kind import Level, Modality, Scope
from monitor.message.report import Evidence, Form


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One signal, as a claim keeps it."""

    kind: str
    modality: Modality
    evidence: Evidence
    scope: Scope | None = None
    variant: str = ""
    count: int | None = None
    stated_day: date | None = None
    grounds: str = ""
    rule: str = ""
    rule_version: int = 1


class Claim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """All that one revision of one item says of one state's acts towards another."""

    item: str
    revision: str
    outlet: str
    country: str | None = None
    lang: str = ""
    url: str = ""
    title: str = ""
    at: datetime  # event time
    first_seen: datetime
    dated: bool = True  # False: the feed gave no date, `at` is when it was first seen
    first_sight: bool = False
    form: Form = Form.REPORT
    official: bool = False
    passing: bool = False  # the item's own news is another act
    source: str | None = None  # as the item says; None where the incident was named by others
    target: str | None = None
    said: tuple[Said, ...] = ()
    sketch: bytes | tuple[int, ...] = (
        b""  # the report's, four bytes a number; numbers where an earlier release wrote it
    )
    terms: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[datetime, str]:
        """Place in the order of telling."""
        return (self.at, self.item)

    def is_of(self, source: str | None, target: str | None) -> bool:
        """Whether it tells of acts in this direction."""
        return self.source == source and self.target == target

    @property
    def place(self) -> tuple[datetime, str, bool]:
        """Place among the claims of an incident: what an item says of both sides by name comes first."""
        return (self.at, self.item, self.source is None or self.target is None)


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What was last told of an incident."""

    message: str
    at: datetime  # event time of the first telling
    revision: int
    level: Level
    claimed: Level  # before doubts: a critical act of one outlet is told as high
    kinds: tuple[str, ...]
    modality: Modality
    named: bool = True  # both sides were known
    confirmed: bool = False
    rung: int = 1  # outlets, at the last corroboration told
    contradicted: bool = False
    ended: Reason | None = None  # corrected or retracted
    held: str = ""  # told as a line of the digest alone: why


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an operator decided on an incident."""

    reason: Reason
    why: str
    author: str
    at: datetime


class Emptied(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """When an incident was that was told and has lost all its claims since."""

    first: datetime
    last: datetime
    denied_since: datetime | None = None


class Incident(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One act, or one package of acts done at once. Claims are in order of telling."""

    id: str
    source: str | None
    target: str | None
    claims: list[Claim]
    told: Told | None = None
    verdict: Verdict | None = None
    reversed_by: str = ""  # the incident that took it back, where that was told
    reversed_since: datetime | None = None  # an act of then took it back
    is_repeat: bool = False  # an act of this kind came before it, not long ago
    emptied: Emptied | None = None  # only where there are no claims
    schema: int = SCHEMA


class ItemTrace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What became of an item: why it was, or was not, told."""

    item: str
    revision: str
    at: datetime
    first_seen: datetime
    directions: tuple[tuple[str | None, str | None], ...] = ()  # in which it speaks of acts
    incidents: tuple[str, ...] = ()
    reason: str = ""  # a `Reason`, or why not: duplicate, below_level, modality, stale_item, routine, in_row, ...
    alert: str = ""
    loose: tuple[Claim, ...] = ()  # what no incident holds yet: a late report may give it a place
    schema: int = SCHEMA


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A quarrel in full swing between two states."""

    id: str
    opened: datetime
    last: datetime
    peak: Level
    kinds: tuple[str, ...]


class PairState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is known of two states beyond their incidents. `pair` is sorted: "KOR-RUS"."""

    pair: str
    since: datetime  # of the first act that was told
    posts: tuple[datetime, ...] = ()  # of the last days, by event time
    row: Row | None = None
    schema: int = SCHEMA


class Fired(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a correlation rule last spoke of a group. `spent`: incidents that it does not count again."""

    key: str  # the rule and the group
    id: str
    at: datetime
    members: tuple[str, ...]  # the incidents that made it speak
    spent: tuple[str, ...] = ()
    over: bool = False  # what it said was taken back
    schema: int = SCHEMA


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """Since when reports are read: what is usual between two states is known after a month of that."""

    since: datetime
    schema: int = SCHEMA


decode_incident: Callable[[bytes], Incident] = decoder(Incident)
decode_trace: Callable[[bytes], ItemTrace] = decoder(ItemTrace)
decode_pair: Callable[[bytes], PairState] = decoder(PairState)
decode_fired: Callable[[bytes], Fired] = decoder(Fired)
decode_watch: Callable[[bytes], Watch] = decoder(Watch)


def pair_name(one: str | None, other: str | None) -> str:
    """The two states in order, as pairs are called: "KOR-RUS"; "?" for one that is not named."""
    return "-".join(sorted((one or "?", other or "?")))
