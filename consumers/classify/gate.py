"""The gate: one scan over the folded text, which lets most items go.

An item gets in where an anchor of some act stands in it, then all the words that this act needs, and an actor. The
anchor is the rarer of what an act needs: the nouns of its places where it names classes, else its verbs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from consumers.classify.lexicon import Entry, Lexicon
from consumers.classify.rules import CompiledAct, Expression

Key = tuple[str, ...]
_ACTOR = 0  # the group of all names of actors


@dataclass(frozen=True, slots=True)
class Gate:
    """Compiled. A group is a set of words of which one must stand in the text; each act needs some groups."""

    anchors: AhoCorasick
    words: AhoCorasick
    groups: tuple[tuple[int, ...], ...]  # pattern of `words` -> its groups
    acts: tuple[frozenset[int], ...]
    borders: bool

    def admits(self, text: str) -> bool:
        """Whether folded text may tell of an act."""
        for _, start, end in self.anchors.find_matches_as_indexes(text):
            if not self.borders or _is_word(text, start, end):
                return self._has_all(text)
        return False

    def _has_all(self, text: str) -> bool:
        present: set[int] = set()
        groups = self.groups
        for pattern, start, end in self.words.find_matches_as_indexes(text, overlapping=True):
            if not self.borders or _is_word(text, start, end):
                present.update(groups[pattern])
        return _ACTOR in present and any(needs <= present for needs in self.acts)


def _is_word(text: str, start: int, end: int) -> bool:
    return not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())


def build_gate(acts: Sequence[CompiledAct], lexicon: Lexicon) -> Gate:
    """The gate of a pack whose lexicon is finished."""
    by_class: dict[str, set[str]] = {}
    by_lemma: dict[str, set[str]] = {}
    actors: set[str] = set()
    for entry in lexicon.by_phrase.values():
        for name in entry.nouns | entry.marks:
            by_class.setdefault(name, set()).add(lexicon.fold(entry.phrase))
        for lemma, _ in entry.verbs:
            by_lemma.setdefault(lemma, set()).add(lexicon.fold(entry.phrase))
        if _counts(entry):
            actors.add(lexicon.fold(entry.phrase))
    table: dict[frozenset[str], int] = {frozenset(actors): _ACTOR}
    needed: set[frozenset[int]] = set()
    anchors: set[str] = set()
    for act in acts:
        sets = [frozenset(found) for found in _sets(act, by_class, by_lemma)]
        needed.add(frozenset(table.setdefault(words, len(table)) for words in sets))
        anchors |= sets[0]
    groups: dict[str, list[int]] = {}
    for words, number in table.items():
        for word in words:
            groups.setdefault(word, []).append(number)
    patterns = sorted(filter(None, groups))
    return Gate(
        _automaton(sorted(filter(None, anchors)), MatchKind.LeftmostLongest),
        _automaton(patterns, MatchKind.Standard),
        tuple(tuple(groups[word]) for word in patterns),
        tuple(needed),
        borders=lexicon.tokenizer.pattern.startswith(r"\d+(?:[.,]\d+)*|[^\W"),
    )


def _counts(entry: Entry) -> bool:
    return any(actor.form != "city" for actor in entry.actors) and not (entry.upper and len(entry.phrase) < 4)


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
    return sets or [set()]


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
