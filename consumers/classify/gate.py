"""The gate: a scan over the folded text, which lets most items go.

An item gets in where the name of a state or body stands in it (one that few items name by the way), and near a name
stand all the words that some act needs: a verb of it, and a noun for each of its places that asks for a class.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from consumers.classify.inflection import APART
from consumers.classify.lexicon import Entry, Lexicon
from consumers.classify.rules import CompiledAct, Expression

_NEAR = 180  # characters between the words of one act: a long sentence
_MOSTLY = 0.9  # of the letters of a language in Latin script; others are left out of texts and words alike
_ACTOR = 0  # the group of all names of actors


@dataclass(frozen=True, slots=True)
class Gate:
    """Compiled. A group is a set of words of which one must stand in the text; each act needs some groups."""

    names: AhoCorasick
    words: AhoCorasick
    groups: tuple[tuple[int, ...], ...]  # pattern of `words` -> its groups
    acts: Mapping[int, tuple[tuple[tuple[int, ...], bool], ...]]
    # the rarest group of an act -> the other groups that it needs, and whether it needs two actors
    codes: Mapping[int, frozenset[str]]  # pattern of `words` -> whom it names
    plain: Callable[[str], str]

    def admits(self, text: str) -> bool:
        """Whether text may tell of an act."""
        text = self.plain(text)
        return bool(self.names.find_matches_as_indexes(text)) and self._has_act(text)

    def _has_act(self, text: str) -> bool:
        places: dict[int, list[int]] = {}
        named: list[tuple[int, frozenset[str]]] = []
        groups = self.groups
        for pattern, start, _ in self.words.find_matches_as_indexes(text, overlapping=True):
            for group in groups[pattern]:
                places.setdefault(group, []).append(start)
            if pattern in self.codes:
                named.append((start, self.codes[pattern]))
        if _ACTOR not in places:
            return False
        for group in places.keys() & self.acts.keys():
            for others, pair in self.acts[group]:
                if all(other in places for other in others) and _stands(group, others, pair, places, named):
                    return True
        return False


def _stands(
    group: int, needs: tuple[int, ...], pair: bool, places: dict[int, list[int]],
    named: Sequence[tuple[int, frozenset[str]]],
) -> bool:  # fmt: skip
    """Whether all groups stand near one place of the first, and an actor too; two of them for a `pair`."""
    others = [places[other] for other in (*needs, _ACTOR)]
    return any(
        all(_is_near(other, place) for other in others) and (not pair or _two_near(named, place))
        for place in places[group]
    )


def _two_near(named: Sequence[tuple[int, frozenset[str]]], place: int) -> bool:
    near = [codes for start, codes in named if abs(start - place) <= _NEAR]
    return any(codes != near[0] or len(codes) > 1 for codes in near)


def _is_near(places: list[int], place: int) -> bool:
    at = bisect_left(places, place - _NEAR)
    return at < len(places) and places[at] <= place + _NEAR


_TO_SPACE = bytes(byte if chr(byte).isalnum() else 32 for byte in range(128)).lower() + b" " * 128
_SEPARATORS = re.compile(r"\W+")


def _latin(text: str) -> str:
    """Letters and numbers without marks, all else blanks: one pass in C over a text in Latin letters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _KEPT.sub(" ", text))
        return " " + text.encode("ascii", "ignore").translate(_TO_SPACE).decode("ascii") + " "
    return " " + text.encode("ascii").translate(_TO_SPACE).decode("ascii") + " "


_KEPT = re.compile("[\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0]")  # else words would run together


def _plain(lexicon: Lexicon) -> Callable[[str], str]:
    """How the text of a language is laid out for the scan: its words between blanks, where it has words."""
    fold = lexicon.fold
    if lexicon.spaced:
        return lambda text: fold(text).replace(" ", "")  # which words may be written without
    if not lexicon.has_words:
        return fold
    letters = [sign for entry in lexicon.by_phrase.values() for sign in lexicon.fold(entry.phrase) if sign.isalpha()]
    if sum(letter.isascii() for letter in letters) > _MOSTLY * len(letters):
        return _latin
    return lambda text: " " + _SEPARATORS.sub(" ", fold(text)) + " "


def build_gate(
    acts: Sequence[CompiledAct], lexicon: Lexicon, common: frozenset[str], besides: frozenset[str] = frozenset()
) -> Gate:
    """The gate of a pack whose lexicon is full; the names of `common` actors and `besides` let nothing in alone."""
    by_class: dict[str, set[str]] = {}
    by_lemma: dict[str, set[str]] = {}
    actors: set[str] = set()
    names: set[str] = set()
    codes: dict[str, frozenset[str]] = {}
    plain = _plain(lexicon)
    for entry in lexicon.by_phrase.values():
        folded = plain(entry.phrase)
        if lexicon.split is not None:
            folded = folded.strip()  # something may be written onto it
        for name in entry.nouns | entry.marks:
            by_class.setdefault(name, set()).add(folded)
        for lemma, _ in entry.verbs:
            by_lemma.setdefault(lemma, set()).add(folded)
        if entry.actors:
            actors.add(folded)
            codes[folded] = frozenset(code for actor in entry.actors for code in actor.codes)
            if _counts(entry, common) and entry.phrase not in besides:
                names.add(folded)
    table: dict[frozenset[str], int] = {frozenset(actors): _ACTOR}
    needed: set[tuple[tuple[int, ...], bool]] = set()
    for act in acts:
        sets = [frozenset(found) for found in _sets(act, by_class, by_lemma) if found]
        if sets:
            numbers = tuple(dict.fromkeys(table.setdefault(words, len(table)) for words in sets))
            needed.add((numbers, len(numbers) == 1 and not act.split))
    groups: dict[str, list[int]] = {}
    for words, number in table.items():
        for word in words:
            groups.setdefault(word, []).append(number)
    patterns = sorted(word for word in groups if word.strip())
    return Gate(
        _automaton(sorted(word for word in names if word.strip()), MatchKind.LeftmostLongest),
        _automaton(patterns, MatchKind.Standard),
        tuple(tuple(groups[word]) for word in patterns),
        _by_first(needed),
        {number: codes[word] for number, word in enumerate(patterns) if word in codes},
        plain,
    )


def _by_first(
    needed: Iterable[tuple[tuple[int, ...], bool]],
) -> dict[int, tuple[tuple[tuple[int, ...], bool], ...]]:
    table: dict[int, list[tuple[tuple[int, ...], bool]]] = {}
    for groups, pair in sorted(needed):
        table.setdefault(groups[0], []).append((groups[1:], pair))
    return {first: tuple(others) for first, others in table.items()}


def _counts(entry: Entry, common: frozenset[str]) -> bool:
    return any(actor.form != "city" and not common.issuperset(actor.codes) for actor in entry.actors)


def _automaton(patterns: Sequence[str], kind: MatchKind) -> AhoCorasick:
    return AhoCorasick(
        patterns or ["\0"], kind, implementation=Implementation.ContiguousNFA
    )  # a DFA takes 8 times the memory and is no faster here


def _sets(act: CompiledAct, by_class: dict[str, set[str]], by_lemma: dict[str, set[str]]) -> list[set[str]]:
    """The sets of words that an act needs one of each, the rarest first."""
    sets = []
    for wanted in (act.noun, act.anywhere, *(wanted for _, wanted in act.where)):
        sets += _words(wanted, by_class)
    for lemmas in (act.lemmas, act.under):
        if lemmas:
            sets.append({form for lemma in lemmas for form in _forms(lemma, by_lemma)})
    return sorted(sets, key=len)


def _forms(lemma: str, by_lemma: dict[str, set[str]]) -> Iterable[str]:
    yield from by_lemma.get(lemma, ())
    head, _, particle = lemma.partition(" ")
    if particle:
        yield from by_lemma.get(f"{head}~{particle}", ())
    particle, apart, rest = lemma.partition(APART)
    if apart:
        yield from by_lemma.get(f"{rest}~{particle}", ())


def _words(wanted: Expression, by_class: dict[str, set[str]]) -> list[set[str]]:
    """The sets of words of which one each must stand there; none where a class without words would do."""
    options = [[by_class[name] for want, name in option if want and name in by_class] for option in wanted]
    if not options or not all(options):
        return []
    if len(options) == 1:
        return options[0]
    return [set().union(*(min(named, key=len) for named in options))]
