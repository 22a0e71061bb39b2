"""The gate: a scan over the folded text, which lets most items go.

An item gets in where the name of a state or body stands in it (one that few items name by the way), and near a name
stand all the words that some act needs: a verb of it, and a noun for each of its places that asks for a class.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from consumers.classify.lexicon import Entry, Lexicon
from consumers.classify.rules import CompiledAct, Expression

_NEAR = 180  # characters between the words of one act: a long sentence
_ACTOR = 0  # the group of all names of actors


@dataclass(frozen=True, slots=True)
class Gate:
    """Compiled. A group is a set of words of which one must stand in the text; each act needs some groups."""

    names: AhoCorasick
    words: AhoCorasick
    groups: tuple[tuple[int, ...], ...]  # pattern of `words` -> its groups
    acts: tuple[tuple[int, ...], ...]  # the groups of an act, the rarest first
    plain: Callable[[str], str]

    def admits(self, text: str) -> bool:
        """Whether text may tell of an act."""
        text = self.plain(text)
        return bool(self.names.find_matches_as_indexes(text)) and self._has_act(text)

    def _has_act(self, text: str) -> bool:
        places: dict[int, list[int]] = {}
        groups = self.groups
        for pattern, start, _ in self.words.find_matches_as_indexes(text, overlapping=True):
            for group in groups[pattern]:
                places.setdefault(group, []).append(start)
        if _ACTOR not in places:
            return False
        return any(first in places and _stands(needs, places) for needs in self.acts for first in needs[:1])


def _stands(needs: tuple[int, ...], places: dict[int, list[int]]) -> bool:
    """Whether all groups stand near one place of the first, and an actor too."""
    others = [places.get(group) for group in (*needs[1:], _ACTOR)]
    if None in others:
        return False
    return any(all(other and _is_near(other, place) for other in others) for place in places[needs[0]])


def _is_near(places: list[int], place: int) -> bool:
    at = bisect_left(places, place - _NEAR)
    return at < len(places) and places[at] <= place + _NEAR


_TO_SPACE = bytes(byte if chr(byte).isalnum() else 32 for byte in range(128)).lower() + b" " * 128
_SEPARATORS = re.compile(r"\W+")


def _latin(text: str) -> str:
    """Letters and numbers without marks, all else blanks: one pass in C over a text in Latin letters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_KEPT))
        return " " + text.encode("ascii", "ignore").translate(_TO_SPACE).decode("ascii") + " "
    return " " + text.encode("ascii").translate(_TO_SPACE).decode("ascii") + " "


_KEPT = {ord(sign): " " for sign in "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0"}  # else words would run together


def _plain(lexicon: Lexicon) -> Callable[[str], str]:
    """How the text of a language is laid out for the scan: its words between blanks, where it has words."""
    if not lexicon.has_words:
        return lexicon.fold
    if all(
        _latin(entry.phrase).strip() and lexicon.fold(entry.phrase)[0].isascii() for entry in lexicon.by_phrase.values()
    ):
        return _latin
    fold = lexicon.fold
    return lambda text: " " + _SEPARATORS.sub(" ", fold(text)) + " "


def build_gate(acts: Sequence[CompiledAct], lexicon: Lexicon, common: frozenset[str]) -> Gate:
    """The gate of a pack whose lexicon is finished; the names of `common` actors let nothing in by themselves."""
    by_class: dict[str, set[str]] = {}
    by_lemma: dict[str, set[str]] = {}
    actors: set[str] = set()
    names: set[str] = set()
    plain = _plain(lexicon)
    for entry in lexicon.by_phrase.values():
        folded = plain(entry.phrase)
        for name in entry.nouns | entry.marks:
            by_class.setdefault(name, set()).add(folded)
        for lemma, _ in entry.verbs:
            by_lemma.setdefault(lemma, set()).add(folded)
        if entry.actors:
            actors.add(folded)
            if _counts(entry, common):
                names.add(folded)
    table: dict[frozenset[str], int] = {frozenset(actors): _ACTOR}
    needed: set[tuple[int, ...]] = set()
    for act in acts:
        sets = [frozenset(found) for found in _sets(act, by_class, by_lemma) if found]
        if sets:
            needed.add(tuple(dict.fromkeys(table.setdefault(words, len(table)) for words in sets)))
    groups: dict[str, list[int]] = {}
    for words, number in table.items():
        for word in words:
            groups.setdefault(word, []).append(number)
    patterns = sorted(word for word in groups if word.strip())
    return Gate(
        _automaton(sorted(word for word in names if word.strip()), MatchKind.LeftmostLongest),
        _automaton(patterns, MatchKind.Standard),
        tuple(tuple(groups[word]) for word in patterns),
        tuple(sorted(needed)),
        plain,
    )


def _counts(entry: Entry, common: frozenset[str]) -> bool:
    return any(actor.form != "city" and not common.issuperset(actor.codes) for actor in entry.actors)


def _automaton(patterns: Sequence[str], kind: MatchKind) -> AhoCorasick:
    return AhoCorasick(patterns or ["\0"], kind, implementation=Implementation.DFA)


def _sets(act: CompiledAct, by_class: dict[str, set[str]], by_lemma: dict[str, set[str]]) -> list[set[str]]:
    """The sets of words that an act needs one of each, the rarest first."""
    sets = []
    for wanted in (act.noun, *(wanted for _, wanted in act.where)):
        words = _words(wanted, by_class)
        if words:
            sets.append(words)
    if act.lemmas:
        sets.append({form for lemma in act.lemmas for form in _forms(lemma, by_lemma)})
    return sorted(sets, key=len)


def _forms(lemma: str, by_lemma: dict[str, set[str]]) -> Iterable[str]:
    yield from by_lemma.get(lemma, ())
    head, _, particle = lemma.partition(" ")
    if particle:
        yield from by_lemma.get(f"{head}~{particle}", ())


def _words(wanted: Expression, by_class: dict[str, set[str]]) -> set[str]:
    """The words of which one must stand where `wanted` is asked for; none where a class without words would do."""
    found: set[str] = set()
    for option in wanted:
        named = [by_class[name] for want, name in option if want and name in by_class]
        if not named:
            return set()
        found |= min(named, key=len)
    return found
