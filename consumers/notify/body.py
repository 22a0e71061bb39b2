"""The body of the generic webhook, version 1, as values and as a JSON schema: within it, keys are only ever added."""

from datetime import datetime
from typing import Any

import msgspec

from monitor.message.alert import Reason
from monitor.message.kind import Level, Modality, Scope


class Actor(msgspec.Struct, frozen=True):
    """A state or body: its code (ISO 3166-1 alpha-3, or `EU`, `UN`, ...) and name; null where nobody is named."""

    code: str | None
    name: str | None


class Proof(msgspec.Struct, frozen=True):
    """The sentence that says so. `start` and `end` are code points of the act in it; `language` is ISO 639-1."""

    sentence: str
    start: int
    end: int
    language: str | None
    words: tuple[str, ...] = ()


class Source(msgspec.Struct, frozen=True):
    """One item behind the incident."""

    id: str
    outlet: str
    country: str | None
    language: str | None
    url: str | None
    title: str
    published: datetime


class Ladder(msgspec.Struct, frozen=True):
    before: Level | None
    after: Level | None


class Corrects(msgspec.Struct, frozen=True):
    """The alert that is withdrawn."""

    alert: str
    sentence: str
    at: datetime


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """The full state of an incident; order those of one incident by `revision`."""

    alert: str
    incident: str
    message: str
    revision: int
    reason: Reason
    sentence: str
    kind: str
    kinds: tuple[str, ...]
    source: Actor
    target: Actor
    scope: Scope | None
    level: Level
    modality: Modality
    confirmed: bool
    outlets: int
    countries: int
    evidence: Proof
    items: tuple[Source, ...]
    items_total: int
    changed: tuple[str, ...]
    ladder: Ladder
    chain: tuple[str, ...]
    cameo: tuple[str, ...]
    weight: float
    tension: float | None
    why: str
    usual_tension: float | None = None  # the pair's own, over up to two months
    headline: str | None = None  # the sentence of the whole message, where incidents share one
    held: str | None = None  # why people get it only in a digest: routine, in_row
    row: str | None = None
    answers: str | None = None
    contradicted: tuple[str, ...] = ()
    via: str | None = None
    corrects: Corrects | None = None
    links: dict[str, str] = {}


class Brief(msgspec.Struct, frozen=True):
    """One act in a digest."""

    alert: str
    incident: str
    sentence: str
    kind: str
    source: str | None
    target: str | None
    level: Level
    modality: Modality
    at: datetime
    url: str | None
    why: str
    note: str


class Acts(msgspec.Struct, frozen=True):
    """A digest; where it fills several events, `page` counts from 1."""

    kind: str
    total: int
    page: int
    pages: int
    acts: tuple[Brief, ...]


class Trouble(msgspec.Struct, frozen=True):
    """What the operator is told. `trouble` is false when it is over."""

    id: str
    key: str
    event: str
    trouble: bool
    text: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What is posted. `sample`: somebody asked for a test. `resent`: an earlier attempt may have arrived."""

    type: str
    timestamp: datetime
    version: int = 1
    sample: bool = False
    resent: bool = False


class IncidentEvent(Event, frozen=True, kw_only=True):
    """Of the types `incident.*`."""

    data: Incident


class DigestEvent(Event, frozen=True, kw_only=True):
    """Of the type `digest`."""

    data: Acts


class NoticeEvent(Event, frozen=True, kw_only=True):
    """Of the type `operator.notice`."""

    data: Trouble


def schema() -> dict[str, Any]:
    """The JSON schema of a body."""
    events = (IncidentEvent, DigestEvent, NoticeEvent)
    refs, parts = msgspec.json.schema_components(events, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Demarche webhook, version 1",
        "anyOf": list(refs),
        "$defs": parts,
    }
