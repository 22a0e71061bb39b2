"""How well rules read a labelled set: precision, recall and F1, by alert, kind and every field, and what a change did.

A label without an actor fits any actor; kinds without a direction fit in either order. What alerts is of medium level
or above, and occurred or is planned.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from monitor.message.item import Item
from monitor.message.kind import Kinds, Level, Modality
from monitor.message.report import Signal


class View(StrEnum):
    """What is compared: `ALERT` kind and actors of what alerts, `KIND` its kinds alone, `FULL` all of every signal."""

    ALERT = "alert"
    KIND = "kind"
    FULL = "full"


class By(StrEnum):
    """How figures are broken down."""

    KIND = "kind"
    MODALITY = "modality"
    LANG = "lang"


class Act(NamedTuple):
    """What a label or a signal says; fields that a view leaves out are empty."""

    kind: str
    source: str | None = None
    target: str | None = None
    modality: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.source or '?'} > {self.target or '?'} {self.modality}".rstrip()


@dataclass(frozen=True, slots=True)
class Answered:
    """An item with its labels and the signals that the rules gave it."""

    item: Item
    labels: tuple[Act, ...]
    signals: tuple[Signal, ...]
    excepted: tuple[str, ...] = ()  # the exceptions that stopped an act in it

    @property
    def acts(self) -> tuple[Act, ...]:
        """The signals that count: one in shadow alerts nobody."""
        return tuple(Act(s.kind, s.source, s.target, s.modality.value) for s in self.signals if not s.shadow)


@dataclass(frozen=True, slots=True)
class Compared:
    """One item in one view."""

    answered: Answered
    hit: tuple[Act, ...]
    missed: tuple[Act, ...]
    wrong: tuple[Act, ...]


@dataclass(slots=True)
class Figures:
    """Counts, and what is made of them; 1.0 where there was nothing to find."""

    hit: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, one: Compared) -> None:
        self.hit += len(one.hit)
        self.wrong += len(one.wrong)
        self.missed += len(one.missed)

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.wrong) if self.hit + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Of the items with nothing to alert on, those for which something was alerted."""

    items: int
    false: int

    @property
    def share(self) -> float:
        return self.false / self.items if self.items else 0.0


@dataclass(frozen=True, slots=True)
class Changed:
    """What other rules did to one item."""

    item: Item
    found: tuple[Act, ...]  # right now, missed before
    lost: tuple[Act, ...]  # missed now, right before
    cured: tuple[Act, ...]  # wrong before, gone now
    broken: tuple[Act, ...]  # wrong now, not there before

    @property
    def gain(self) -> int:
        return len(self.found) + len(self.cured) - len(self.lost) - len(self.broken)


def compare(answered: Iterable[Answered], view: View, kinds: Kinds) -> list[Compared]:
    """Each item in a view."""
    return [_compare(one, view, kinds) for one in answered]


def figures(compared: Iterable[Compared]) -> Figures:
    """The figures of them all."""
    total = Figures()
    for one in compared:
        total.add(one)
    return total


def broken_down(compared: Iterable[Compared], by: By) -> Mapping[str, Figures]:
    """The figures by kind, modality or language."""
    groups: dict[str, Figures] = defaultdict(Figures)
    for one in compared:
        for name in ("hit", "wrong", "missed"):
            for act in getattr(one, name):
                group = {By.KIND: act.kind, By.MODALITY: act.modality, By.LANG: one.answered.item.lang}[by]
                figure = groups[group]
                setattr(figure, name, getattr(figure, name) + 1)
    return dict(sorted(groups.items()))


def false_alarms(answered: Iterable[Answered], kinds: Kinds) -> FalseAlarms:
    """Counted over items, whatever the actors."""
    quiet = [one for one in answered if not _seen(one.labels, View.ALERT, kinds)]
    return FalseAlarms(len(quiet), sum(bool(_seen(one.acts, View.ALERT, kinds)) for one in quiet))


def stopped(compared: Iterable[Compared]) -> Mapping[str, tuple[int, int]]:
    """By exception: the items in which it stopped an act, and those of them in which a labelled one is missed."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in compared:
        for name in one.answered.excepted:
            counts[name][0] += 1
            counts[name][1] += bool(one.missed)
    return {name: (items, missed) for name, (items, missed) in sorted(counts.items())}


def changes(before: Sequence[Compared], after: Sequence[Compared]) -> Iterator[Changed]:
    """Item by item what is otherwise now, of the same items in the same order."""
    for old, new in zip(before, after, strict=True):
        found = tuple(act for act in new.hit if act not in old.hit)
        lost = tuple(act for act in old.hit if act not in new.hit)
        cured = tuple(act for act in old.wrong if act not in new.wrong)
        broken = tuple(act for act in new.wrong if act not in old.wrong)
        if found or lost or cured or broken:
            yield Changed(new.answered.item, found, lost, cured, broken)


def _compare(one: Answered, view: View, kinds: Kinds) -> Compared:
    """Pair labels with signals, those first that fit exactly."""
    labels, left = _seen(one.labels, view, kinds), _seen(one.acts, view, kinds)
    hit = []
    for label in sorted(labels, key=lambda act: (None in act[1:3], _order(act))):
        fitting = label if label in left else next((act for act in sorted(left, key=_order) if _fits(label, act)), None)
        if fitting is not None:
            left.discard(fitting)
            hit.append(label)
    return Compared(one, tuple(hit), tuple(sorted(labels - set(hit), key=_order)), tuple(sorted(left, key=_order)))


def _order(act: Act) -> str:
    return str(tuple(act))


def _fits(label: Act, act: Act) -> bool:
    actors = all(wanted in (None, given) for wanted, given in zip(label[1:3], act[1:3], strict=True))
    return actors and (label.kind, label.modality) == (act.kind, act.modality)


def _seen(acts: Iterable[Act], view: View, kinds: Kinds) -> set[Act]:
    """The acts as a view has them, each once."""
    found = set()
    for act in acts:
        if view is not View.FULL and not _alerts(act, kinds):
            continue
        kind = kinds.by_id.get(act.kind)
        source, target = act.source, act.target
        if kind is not None and kind.symmetric and source and target:
            source, target = sorted((source, target))
        if view is View.KIND:
            found.add(Act(act.kind))
        else:
            found.add(Act(act.kind, source, target, act.modality if view is View.FULL else ""))
    return found


def _alerts(act: Act, kinds: Kinds) -> bool:
    kind = kinds.by_id.get(act.kind)
    is_grave = kind is not None and kind.level.rank >= Level.MEDIUM.rank
    return is_grave and act.modality in (Modality.OCCURRED, Modality.PLANNED)
