"""An alert: what there is to tell of an incident now, and why now."""

from datetime import datetime
from enum import StrEnum

import msgspec

from monitor.message.kind import Level, Modality, Scope
from monitor.message.report import Evidence, Form


class Reason(StrEnum):
    """Why an alert is told. `FIRST` and `ESCALATED` are new messages, the others an edit or a reply."""

    FIRST = "first"
    ESCALATED = "escalated"
    CORROBORATED = "corroborated"
    NEW_DETAIL = "new_detail"
    DE_ESCALATED = "de_escalated"
    CORRECTED = "corrected"
    RETRACTED = "retracted"


class Telling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item behind an incident: who told it, when and where."""

    item: str
    revision: str = ""
    outlet: str
    country: str | None = None
    lang: str = ""
    url: str = ""
    title: str = ""
    at: datetime  # event time
    first_seen: datetime
    form: Form = Form.REPORT
    official: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One earlier incident of the pair, in the chain that led here."""

    incident: str
    at: datetime
    level: Level
    sentence: str


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="alert"):
    """The state of one incident when there was something to tell.

    `id` is a hash of incident, reason and rung, and the idempotency key of every delivery. `message` joins incidents
    that are told in one message. `sentence` is the act in words; every destination shows that same sentence.
    """

    id: str
    incident: str
    message: str
    revision: int  # of the incident, counted from 1
    reason: Reason
    at: datetime  # event time of the item that caused it
    kind: str  # the head kind
    kinds: tuple[str, ...]
    source: str | None
    target: str | None
    source_name: str = ""  # in English, "" where not told
    target_name: str = ""
    level: Level
    weight: float = 0.0
    cameo: tuple[str, ...] = ()
    modality: Modality
    scope: Scope | None = None
    sentence: str
    evidence: Evidence
    tellings: tuple[Telling, ...]  # the oldest first
    best: str = ""  # the item whose link and headline to show
    confirmed: bool = False
    outlets: int = 1  # independent ones, wire copies counted once
    countries: int = 1
    changed: tuple[str, ...] = ()  # what is new since the last alert of this incident
    why: str = ""  # rule, version and the words that fired it
    ladder_before: Level | None = None
    ladder_after: Level | None = None
    tension: float | None = None  # decayed sum of weights of the pair; None while it is watched for under 30 days
    usual: float | None = None  # the mean of the pair's tension before this act
    chain: tuple[Step, ...] = ()
    headline: str = ""  # of the whole message, where incidents share one: "USA, EU, UK: sanctions on Russia"
    held: str = ""  # not posted, a line of the digest: why (routine, in_row)
    row: str = ""  # the row that the pair is in
    row_opens: bool = False  # this alert opens that row
    row_until: datetime | None = None  # the row is over then, if nothing more comes
    answers: str = ""  # the incident that this one answers in kind
    quiet_days: int | None = None  # since the last act of this kind; None: none is known
    watching_since: datetime | None = None  # where the pair is watched for under 30 days
    contradicted: tuple[str, ...] = ()  # outlets that tell of a denial
    first_sight: bool = False  # only from items read at the first poll of their feeds: told in one digest
    schema: int = 1


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="notice"):
    """Trouble, or its end, that the operator is told of, apart from alerts. `key` names what is in trouble."""

    id: str
    key: str
    at: datetime
    trouble: bool  # False: it is over
    event: str  # noun.verb, as in the logs
    text: str
    schema: int = 1
