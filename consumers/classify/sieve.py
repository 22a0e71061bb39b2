"""The sieve: what must stand in a sentence for an act to be read in it, asked of its words before it is parsed.

It lets through all that could match and much that does not: classes of words, governments that may act, verbs above.
Order and places are for the parser.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from consumers.classify.lexicon import CARRIES, Entry, Lexicon, Scan
from consumers.classify.nominal import Nouns
from consumers.classify.rules import Clause, CompiledAct, Expression, Need

# What rules ask of a phrase and only a word gives that can stand for a government; see match.py.
_GOVERNMENTS = frozenset({"coded", "actor", "pronoun", "speaking", "pair", "body", "pure", "seat", "nationals", "firm"})
_AUXILIARIES = frozenset({"be", "have"})  # verbs that the chunker makes of auxiliaries, of which no entry tells
_WORDS = frozenset({"sentence", "behind"})  # places that any word may fill
_PERSONS = frozenset({"person", "persons"})
_LONE = frozenset({"one", "source", "target"})  # what an act needs where one actor is enough


@dataclass(frozen=True, slots=True)
class Sieve:
    """The needs of all acts by the words that may tell of them."""

    needs: Mapping[Entry, tuple[Need, ...]]
    anywhere: tuple[Need, ...]  # of acts that hang on an auxiliary

    def wanted(self, scan: Scan) -> set[Need]:
        """What may be told of in a sentence that has triggers."""
        mask, carriers, needs = scan.mask, scan.carriers, self.needs
        found = {need for need in self.anywhere if need.carriers <= carriers and holds(mask, need.clauses)}
        for entry in scan.triggers:
            for need in needs.get(entry, ()):
                if need.carriers <= carriers and holds(mask, need.clauses):
                    found.add(need)
        return found


def holds(mask: int, clauses: Iterable[Clause]) -> bool:
    """Whether the bits of some words are enough for one option of each clause."""
    for clause in clauses:
        for option in clause:
            if mask & option == option:
                break
        else:
            return False
    return True


def build_sieve(
    acts: Sequence[CompiledAct], by_lemma: Mapping[str, Sequence[CompiledAct]], lexicon: Lexicon, nouns: Nouns
) -> Sieve:
    """The sieve of a pack whose lexicon is full; notes in each entry which bits it gives."""
    entries = dict.fromkeys([*lexicon.by_phrase.values(), *(entry for entry, _ in lexicon.heads.values() if entry)])
    bits: dict[str | frozenset[str], int] = {name: CARRIES for name in _GOVERNMENTS}
    for entry in entries:
        for name in entry.nouns | entry.marks:
            bits.setdefault(name, CARRIES << len(bits))
    for act in acts:
        if act.under and act.under.isdisjoint(_AUXILIARIES):
            bits.setdefault(act.under, CARRIES << len(bits))
    unders = [name for name in bits if isinstance(name, frozenset)]
    speaking = nouns.government | nouns.posted
    made = {act: _need(act, bits) for act in acts}
    needs: dict[Entry, tuple[Need, ...]] = {}
    for entry in entries:
        lemmas = {lemma for lemma, _ in entry.verbs}
        given = [bits[name] for name in entry.nouns | entry.marks]
        given += [bits[under] for under in unders if not lemmas.isdisjoint(under)]
        if not _PERSONS.isdisjoint(entry.roles):  # "him": an envoy that was named before
            given += [bits[name] for name in sorted(nouns.envoys) if name in bits]
        if "pronoun" in entry.roles or not speaking.isdisjoint(entry.nouns):
            given.append(CARRIES)
        entry.mask = reduce(or_, given, 0)
        told = [act for lemma, _ in entry.verbs for act in by_lemma.get(lemma, ())]
        told += [act for act in acts if _is_noun_of(act, entry)] if entry.nouns else []
        if told:
            needs[entry] = tuple(dict.fromkeys(made[act] for act in told))
    return Sieve(needs, tuple(made[act] for lemma in sorted(_AUXILIARIES) for act in by_lemma.get(lemma, ())))


def _is_noun_of(act: CompiledAct, entry: Entry) -> bool:
    return any(want and name in entry.nouns for option in act.noun for want, name in option)


def _need(act: CompiledAct, bits: Mapping[str | frozenset[str], int]) -> Need:
    placed = [_clause(wanted, bits) for place, wanted in act.where if place not in _WORDS]
    carriers = sum(bool(clause) and all(option & CARRIES for option in clause) for clause in placed)
    rest = [wanted for place, wanted in act.where if place in _WORDS]
    clauses = [*placed, *(_clause(wanted, bits) for wanted in (*rest, act.noun, act.anywhere))]
    if act.under in bits:
        clauses.append((bits[act.under],))
    return Need(act, tuple(dict.fromkeys(filter(None, clauses))), carriers, act.need in _LONE)


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
