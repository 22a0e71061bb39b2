"""A report: all that one revision of one item says, an empty list of signals included."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from monitor.message.item import DateSource
from monitor.message.kind import Modality, Scope


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The sentence that says so, the span of the act in it (code points), and the words that matched."""

    sentence: str
    start: int = 0
    end: int = 0
    words: tuple[str, ...] = ()
    part: str = "title"  # title, summary or content


class Signal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One act that one government directs at another, as one item tells it.

    Its identity is (item, revision, kind, source, target, modality); rule and versions are attributes,
    so that a reload of the rules makes no second signal. Actors are alpha-3 codes or the bodies of the taxonomy.
    """

    kind: str
    source: str | None
    target: str | None
    modality: Modality
    evidence: Evidence
    rule: str
    rule_version: int = 1
    scope: Scope | None = None
    variant: str = ""  # of the kind's sentence, as the rule names it
    count: int | None = None  # of diplomats, where the text tells
    stated_day: date | None = None  # the day on which the text says that it happened
    grounds: str = ""  # what stands after "over", "because of"
    shadow: bool = False  # read and counted, alerts nobody


class Form(StrEnum):
    """What sort of text an item is."""

    REPORT = "report"
    ANALYSIS = "analysis"
    ROUND_UP = "round_up"  # live blog, briefing, quiz


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="report"):
    """The signals of one revision of one item, with all that folding needs."""

    item: str
    revision: str
    feed: str
    outlet: str
    signals: tuple[Signal, ...] = ()
    event_time: datetime
    date_source: DateSource = DateSource.PUBLISHED
    first_seen: datetime
    first_sight: bool = False
    update: bool = False
    official: bool = False
    country: str | None = None
    lang: str = ""
    title: str = ""
    url: str = ""
    form: Form = Form.REPORT
    sketch: tuple[int, ...] = ()  # min-hashes of the text's word shingles, for wire copies and rewrites
    terms: tuple[str, ...] = ()  # content words of title and lead, see message/terms.py
    rules: str = ""  # hash of the packs that read it
    excepted: tuple[str, ...] = ()  # the named exceptions that made an act in it void
    schema: int = 1
