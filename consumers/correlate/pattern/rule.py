"""One correlation rule, and whether acts meet it. Pure."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.message.kind import Level, Modality


class Measure(StrEnum):
    """Sigma's types of correlation."""

    EVENT_COUNT = "event_count"  # acts
    VALUE_COUNT = "value_count"  # different values of a field of theirs
    VALUE_SUM = "value_sum"  # the sum of a field
    TEMPORAL = "temporal"  # all the kinds, in any order
    TEMPORAL_ORDERED = "temporal_ordered"  # all the kinds, one after the other


class Field(StrEnum):
    """What `value_count` and `value_sum` look at."""

    SOURCE = "source"
    TARGET = "target"
    PAIR = "pair"
    KIND = "kind"
    OUTLET = "outlet"
    COUNTRY = "country"
    WEIGHT = "weight"


class Group(StrEnum):
    """Which acts belong together. `PAIR` is two states in either order."""

    SOURCE = "source"
    TARGET = "target"
    DIRECTION = "source>target"
    PAIR = "pair"


_TESTS: Mapping[str, Callable[[float, float], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One kind of act of one incident. `values`: what each field of it is; of outlets and countries there are many."""

    incident: str
    kind: str
    at: datetime  # event time
    weight: float
    values: Mapping[Field, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What must come together, of whom, and within what time."""

    id: str
    title: str  # with the placeholders of kinds' sentences
    level: Level
    measure: Measure
    kinds: tuple[str, ...]
    group: Group
    span: timedelta
    bounds: tuple[tuple[str, float], ...] = ()  # all must hold; none for the temporal ones
    field: Field | None = None
    modalities: frozenset[Modality] = frozenset({Modality.OCCURRED})
    sources: frozenset[str] = frozenset()  # empty: any
    targets: frozenset[str] = frozenset()

    def group_of(self, source: str | None, target: str | None) -> tuple[str, ...] | None:
        """The group that an act belongs to; None where it takes no part."""
        if (self.sources and source not in self.sources) or (self.targets and target not in self.targets):
            return None
        sides = {
            Group.SOURCE: (source,),
            Group.TARGET: (target,),
            Group.DIRECTION: (source, target),
            Group.PAIR: (source, target),
        }[self.group]
        named = tuple(side for side in sides if side is not None)
        if len(named) < len(sides):
            return None
        return tuple(sorted(named)) if self.group is Group.PAIR else named

    def met_by(self, acts: Iterable[Happened]) -> Sequence[Happened]:
        """The acts of the first window of time that meets it, in order; empty where none does.

        The window slides: it ends at each act in turn, so that no border of hour or day parts what belongs together.
        """
        ordered = sorted(acts, key=lambda act: (act.at, act.incident, act.kind))
        begin = 0
        for end, last in enumerate(ordered, start=1):
            while ordered[begin].at < last.at - self.span:
                begin += 1
            window = ordered[begin:end]
            if self._holds(window):
                return window
        return ()

    def value(self, acts: Sequence[Happened]) -> float:
        """What the bounds are asked of."""
        if self.measure is Measure.VALUE_SUM:
            heaviest: dict[str, float] = {}
            for act in acts:
                heaviest[act.incident] = max(act.weight, heaviest.get(act.incident, 0.0), key=abs)
            return sum(heaviest.values())
        if self.measure is Measure.VALUE_COUNT and self.field is not None:
            return len(frozenset[str]().union(*(act.values[self.field] for act in acts)))
        return len({act.incident for act in acts})

    def _holds(self, window: Sequence[Happened]) -> bool:
        if self.measure is Measure.TEMPORAL:
            return {act.kind for act in window}.issuperset(self.kinds)
        if self.measure is Measure.TEMPORAL_ORDERED:
            return self._in_order(window)
        value = self.value(window)
        return all(_TESTS[name](value, bound) for name, bound in self.bounds)

    def _in_order(self, window: Sequence[Happened]) -> bool:
        """Each kind comes later than the one before it: every step is asked for, not the first alone."""
        since: datetime | None = None
        for kind in self.kinds:
            later = [act.at for act in window if act.kind == kind and (since is None or act.at > since)]
            if not later:
                return False
            since = min(later)
        return True
