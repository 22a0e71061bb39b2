"""What each act needs of the words of a sentence, as bits: made once, for the sieve and the gate to ask."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from consumers.classify.chunk import OF
from consumers.classify.lexicon import CARRIES, NAMES, PAIR, REFERS, Entry, Lexicon
from consumers.classify.nominal import Nouns
from consumers.classify.rules import Clause, CompiledAct, Expression, Need

# What rules ask of a phrase and only a word gives that can stand for a government; see match.py. Whom a phrase names,
# names tell alone, and words that refer to names.
_GOVERNMENTS: dict[str | frozenset[str], int] = {
    **dict.fromkeys(("actor", "pronoun"), CARRIES),
    **dict.fromkeys(("coded", "speaking", "body", "pure", "seat", "nationals", "firm"), CARRIES | NAMES),
}
AUXILIARIES = frozenset({"be", "have"})  # verbs that the chunker makes of auxiliaries, of which no entry tells
_WORDS = frozenset({"sentence", "behind"})  # places that any word may fill
_ORDERED = frozenset({"subject", "object", "second", "asked", "self", *_WORDS, OF})  # places that no word opens
_LONE = frozenset({"one", "source", "target"})  # what an act needs where one actor is enough
_AWAY = "~"  # parts a verb from the particle behind its object: "hit~back"
_REFERRING = frozenset({"pronoun", "number"})  # "they", "both": whom these mean, other words tell
_PERSONS = frozenset({"person", "persons"})  # "him": an envoy that the item names
_FREE = 1 << 4  # the first bit that means a class


@dataclass(frozen=True, slots=True)
class Reading:
    """How sentences of a language are read, as far as the sieve may rely on it.

    `past`: the forms of verbs that a passive has. `by_words`: places bear the names of the words that open them.
    `in_order`: who does it stands before a verb in the active, and all else behind it.
    """

    past: frozenset[str]
    by_words: bool
    in_order: bool


@dataclass(slots=True)
class Needs:
    """The maker of needs. `bits`: of each class of words, and of each set of verbs that an act is told under.

    `opening`: of each word that opens a place of some act, and each particle that a verb may stand apart from.
    """

    bits: Mapping[str | frozenset[str], int]
    opening: Mapping[str, int]
    reading: Reading
    made: dict[tuple[CompiledAct, str, str], Need]

    def of_verb(self, act: CompiledAct, lemma: str, form: str) -> Iterator[Need]:
        """What an act needs that a form of a verb tells of: in the active, and in the passive where it may be one."""
        particle = lemma.partition(_AWAY)[2]
        if not self.reading.by_words:
            yield self.need(act, particle, "")
            return
        if act.voice != "passive":
            yield self.need(act, particle, "active")
        if act.voice != "active" and form in self.reading.past:
            yield self.need(act, particle, "passive")

    def need(self, act: CompiledAct, particle: str = "", voice: str = "") -> Need:
        """What an act needs."""
        key = (act, particle, voice if self.reading.in_order else "")
        if key not in self.made:
            self.made[key] = self._make(*key)
        return self.made[key]

    def _make(self, act: CompiledAct, particle: str, voice: str) -> Need:
        places: dict[str, list[Clause]] = {"before": [], "behind": [], "": []}
        carriers = 0
        for place, wanted in act.where:
            clause = _clause(wanted, self.bits)
            carriers += place not in _WORDS and bool(clause) and all(option & CARRIES for option in clause)
            side = _side(place, voice)
            places[side].append(clause)
            if place in self.opening and not _may_be_empty(wanted):
                places[side].append((self.opening[place],))
        places[""] += [_clause(act.noun, self.bits), _clause(act.anywhere, self.bits)]
        if act.under in self.bits:
            places[""].append((self.bits[act.under],))
        if particle in self.opening:
            places["behind" if voice else ""].append((self.opening[particle],))
        whole, before, behind = (tuple(dict.fromkeys(filter(None, places[side]))) for side in ("", "before", "behind"))
        return Need(act, whole, carriers, act.need in _LONE, before, behind)


def _side(place: str, voice: str) -> str:
    """On which side of the verb a place is; "" where it may be on either."""
    if not voice or place == "sentence":
        return ""
    if place == "behind":
        return place
    if voice == "active":
        return "before" if place == "subject" else "behind"
    return {"subject": "behind", "object": "before", "second": "behind"}.get(place, "")


def needs_of(
    acts: Sequence[CompiledAct],
    by_lemma: Mapping[str, Sequence[CompiledAct]],
    lexicon: Lexicon,
    nouns: Nouns,
    reading: Reading,
) -> tuple[dict[Entry, tuple[Need, ...]], tuple[Need, ...], int]:
    """The needs of the acts that each entry may tell of, those of acts that hang on an auxiliary, the bits of envoys.

    Notes in each entry which bits it gives.
    """
    entries = dict.fromkeys([*lexicon.by_phrase.values(), *(entry for entry, _ in lexicon.heads.values() if entry)])
    bits = _bits(acts, entries)
    opening = _opening(acts, by_lemma, lexicon, len(bits)) if reading.by_words else {}
    maker = Needs(bits, opening, reading, {})
    unders = [name for name in bits if isinstance(name, frozenset)]
    speaking = nouns.government | nouns.posted
    by_noun = _by_noun(acts)
    found: dict[Entry, tuple[Need, ...]] = {}
    for entry in entries:
        lemmas = {lemma for lemma, _ in entry.verbs}
        given = [bits[name] for name in entry.nouns | entry.marks]
        given += [bits[under] for under in unders if not lemmas.isdisjoint(under)]
        given.append(opening.get(entry.phrase, 0))
        if "pronoun" in entry.roles or not speaking.isdisjoint(entry.nouns):
            given.append(CARRIES if reading.by_words else CARRIES | NAMES)
        if not _PERSONS.isdisjoint(entry.roles):
            given.append(NAMES | REFERS)
        if not nouns.envoys.isdisjoint(entry.nouns):  # "the envoy" is he that was named
            given.append(NAMES)
        if not entry.roles.isdisjoint(_REFERRING):
            given.append(NAMES | PAIR)
        entry.mask = reduce(or_, given, 0)
        told = [
            need
            for lemma, form in entry.verbs
            for act in by_lemma.get(lemma, ())
            for need in maker.of_verb(act, lemma, form)
        ]
        of_nouns = {place for name in entry.nouns for place in by_noun.get(name, ())}
        told += [maker.need(acts[place]) for place in sorted(of_nouns)]
        if told:
            found[entry] = tuple(dict.fromkeys(told))
    anywhere = tuple(maker.need(act) for lemma in sorted(AUXILIARIES) for act in by_lemma.get(lemma, ()))
    return found, anywhere, reduce(or_, (bits.get(name, 0) for name in nouns.envoys), 0)


def _bits(acts: Iterable[CompiledAct], entries: Iterable[Entry]) -> dict[str | frozenset[str], int]:
    bits: dict[str | frozenset[str], int] = {**_GOVERNMENTS, "pair": CARRIES | NAMES | PAIR}
    for entry in entries:
        for name in entry.nouns | entry.marks:
            bits.setdefault(name, _FREE << len(bits))
    for act in acts:
        if act.under and act.under.isdisjoint(AUXILIARIES):
            bits.setdefault(act.under, _FREE << len(bits))
    return bits


def _opening(acts: Iterable[CompiledAct], lemmas: Iterable[str], lexicon: Lexicon, taken: int) -> dict[str, int]:
    words = {place for act in acts for place, _ in act.where} - _ORDERED
    words |= {particle for lemma in lemmas for particle in (lemma.partition(_AWAY)[2],) if particle}
    known = sorted(word for word in words if lexicon.by_phrase.get(lexicon.key(word)))
    return {word: _FREE << (taken + place) for place, word in enumerate(known)}


def _by_noun(acts: Sequence[CompiledAct]) -> dict[str, list[int]]:
    """The places of the acts that hang on a noun of each class."""
    found: dict[str, list[int]] = {}
    for place, act in enumerate(acts):
        for name in {name for option in act.noun for want, name in option if want}:
            found.setdefault(name, []).append(place)
    return found


def _may_be_empty(wanted: Expression) -> bool:
    """Whether nothing need stand in the place."""
    return any(all(want == (name == "none") for want, name in option) for option in wanted)


def _clause(wanted: Expression, bits: Mapping[str | frozenset[str], int]) -> Clause:
    """The options of an expression; none where one asks for nothing that only words give."""
    options = []
    for option in wanted:
        mask = 0
        for want, name in option:
            if want:
                mask |= bits.get(name, 0)
        if not mask:
            return ()
        options.append(mask)
    return tuple(dict.fromkeys(options))
