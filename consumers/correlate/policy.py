"""How correlate is set: windows, levels, and what is held back as routine. Frozen; made from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from consumers.correlate.deadline import TermWords
from consumers.correlate.pattern.rule import Pattern
from monitor.message.kind import Level


@dataclass(frozen=True, slots=True)
class War:
    """Two sides at war, and since when: between them threats are no news. `until` is None while it lasts."""

    sides: frozenset[str]
    since: date
    until: date | None = None

    def covers(self, one: str | None, other: str | None, day: date) -> bool:
        return one in self.sides and other in self.sides and one != other and self.lasts_on(day)

    def lasts_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Policy:
    """Every time span is of event time."""

    min_level: Level = Level.MEDIUM
    alert_window: timedelta = timedelta(hours=24)  # older than this when first seen: not told

    same_day: timedelta = timedelta(hours=36)  # told again: the same act, unless the text says that it is another
    fresh: timedelta = timedelta(hours=72)  # told again in like words: the same
    longest: timedelta = timedelta(days=14)  # no telling joins an act later than this
    package: timedelta = timedelta(hours=12)  # acts told together within this belong together
    joint: timedelta = timedelta(hours=6)  # acts of several states share a message
    ladder: timedelta = timedelta(days=30)
    keep: timedelta = timedelta(days=62)
    most: int = 100_000  # incidents; past that many the oldest are forgotten sooner
    most_claims: int = 300  # of one incident; past that many, one that adds nothing is not kept

    confirm_outlets: int = 3
    confirm_countries: int = 2
    rungs: tuple[int, ...] = ()  # numbers of outlets that are told, beside the confirmation

    routine_kinds: frozenset[str] = frozenset({"sanctions-imposed", "threat", "military-threat"})
    routine_count: int = 2
    routine_span: timedelta = timedelta(days=30)

    row_posts: int = 4
    row_span: timedelta = timedelta(days=7)
    row_kinds: frozenset[str] = frozenset({"threat", "condemnation", "military-threat"})

    wars: tuple[War, ...] = ()
    war_kinds: frozenset[str] = frozenset({"threat", "military-threat"})
    half_life: timedelta = timedelta(days=14)  # of the weights in a pair's tension
    usual_after: timedelta = timedelta(days=30)  # before so long a watch nothing is known to be usual

    patterns: tuple[Pattern, ...] = ()  # correlation rules of the operator

    other_names: Mapping[str, str] = field(default_factory=dict)  # words by which a state shows beside its name
    deadlines: Mapping[str, TermWords] = field(default_factory=dict)  # by language
    repeat_words: frozenset[str] = frozenset()  # "again", "second": what says that an act is done anew
    common_terms: frozenset[str] = frozenset()  # stems that tell no act from another
