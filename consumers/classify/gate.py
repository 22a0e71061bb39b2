"""The gate: two scans over the folded text of an item, which let most items go.

An item gets in where it names as many governments as an act needs, and has in it a word that the act hangs on and one
of each class that it asks for: what the sieve asks of a sentence, asked of the whole text without reading it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from consumers.classify.layout import Layout, layout_of
from consumers.classify.lexicon import CARRIES, NAMES, PAIR, Entry, Lexicon
from consumers.classify.rules import Clause, Need
from consumers.classify.sieve import Sieve, holds

Clauses = tuple[Clause, ...]
_ALWAYS: Clauses = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The words that some acts hang on or ask for. `masks` and `needs` are of each pattern of the scan."""

    scan: BytesAhoCorasick
    masks: Sequence[int]
    needs: Sequence[tuple[Clauses, ...]]
    anywhere: tuple[Clauses, ...]

    def hold(self, text: bytes) -> bool:
        """Whether all that one act needs stands in the text."""
        mask = 0
        asked = self.anywhere
        for pattern in {found[0] for found in self.scan.find_matches_as_indexes(text, overlapping=True)}:
            mask |= self.masks[pattern]
            asked += self.needs[pattern]
        return any(holds(mask, clauses) for clauses in asked)


@dataclass(frozen=True, slots=True)
class Gate:
    """Compiled."""

    layout: Layout
    names: BytesAhoCorasick
    codes: Sequence[frozenset[str]]  # of each pattern of `names`: whom it names
    lone: Words  # of acts that one named government is enough for
    pair: Words
    has_home: bool  # a ministry without a country is that of the outlet's state, so that one name is enough for all

    def admits(self, text: str) -> bool:
        """Whether text may tell of an act."""
        laid = self.layout(text)
        named = self.names.find_matches_as_indexes(laid, overlapping=True)
        if not named:
            return False
        return (self.pair if self.has_home or self._are_two(named) else self.lone).hold(laid)

    def _are_two(self, named: Sequence[tuple[int, int, int]]) -> bool:
        codes = self.codes
        first = codes[named[0][0]]
        return len(first) > 1 or any(codes[pattern] != first for pattern, _, _ in named)


def build_gate(lexicon: Lexicon, sieve: Sieve, *, has_home: bool) -> Gate:
    """The gate of a pack whose lexicon is finished."""
    layout = layout_of(lexicon)
    names: dict[bytes, frozenset[str]] = {}
    for entry in lexicon.by_phrase.values():
        codes = frozenset(code for actor in entry.actors for code in actor.codes)
        for pattern in _patterns(entry, lexicon, layout) if codes else ():
            names[pattern] = names.get(pattern, frozenset()) | codes
    needs = {entry: [_outline(need) for need in found if need.lone] for entry, found in sieve.needs.items()}
    whole = {entry: [_outline(need) for need in found] for entry, found in sieve.needs.items()}
    lone_anywhere = [_outline(need) for need in sieve.anywhere if need.lone]
    return Gate(
        layout,
        _automaton(list(names)),
        list(names.values()),
        _words(lexicon, layout, needs, lone_anywhere),
        _words(lexicon, layout, whole, [_outline(need) for need in sieve.anywhere]),
        has_home,
    )


def _outline(need: Need) -> Clauses:
    """What an act asks for besides governments, of which the gate asks elsewhere."""
    every = (*need.clauses, *need.before, *need.behind)
    clauses = (tuple(option & ~(CARRIES | NAMES | PAIR) for option in clause) for clause in every)
    return tuple(clause for clause in clauses if all(clause))


def _words(
    lexicon: Lexicon, layout: Layout, needs: Mapping[Entry, Sequence[Clauses]], anywhere: Sequence[Clauses]
) -> Words:
    every = [clauses for found in needs.values() for clauses in found] + [*anywhere]
    asked = reduce(or_, (option for clauses in every for clause in clauses for option in clause), 0)
    masks: dict[bytes, int] = {}
    told: dict[bytes, set[Clauses]] = {}
    for entry in lexicon.by_phrase.values():
        own = needs.get(entry, ())
        if not own and not entry.mask & asked:
            continue
        for pattern in _patterns(entry, lexicon, layout):
            masks[pattern] = masks.get(pattern, 0) | (entry.mask & asked)
            told.setdefault(pattern, set()).update(own)
    shared: dict[tuple[Clauses, ...], tuple[Clauses, ...]] = {}
    kept = [_least(told[pattern]) for pattern in masks]
    return Words(
        _automaton(list(masks)), list(masks.values()), [shared.setdefault(one, one) for one in kept], tuple(anywhere)
    )


def _least(every: Iterable[Clauses]) -> tuple[Clauses, ...]:
    """Those of which no other asks for less; the order is that of how little they ask for."""
    kept: list[Clauses] = []
    for clauses in sorted(every, key=lambda one: (len(one), one)):
        if not any(set(less) <= set(clauses) for less in kept):
            kept.append(clauses)
    return tuple(kept)


def _patterns(entry: Entry, lexicon: Lexicon, layout: Layout) -> Iterable[bytes]:
    """An entry as it is written and as it is folded: a letter may fold to two, of which a layout keeps one."""
    made = {layout(entry.phrase), layout(lexicon.fold(entry.phrase))}
    if lexicon.split is not None:
        article = layout(lexicon.article).strip()
        made = {pattern.strip().removeprefix(article) for pattern in made}  # something may be written onto it
    return (pattern for pattern in made if pattern.strip())


def _automaton(patterns: Sequence[bytes]) -> BytesAhoCorasick:
    # A DFA takes 8 times the memory and is a tenth faster here.
    return BytesAhoCorasick(patterns or [b"\0"], MatchKind.Standard, implementation=Implementation.ContiguousNFA)


__all__ = ["Gate", "build_gate"]
