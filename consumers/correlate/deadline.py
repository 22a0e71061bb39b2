"""Whether a threat states a term: "gives Minsk 48 hours". The words are those of the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.message.incident import Claim
from monitor.message.kind import Kinds
from monitor.message.terms import words_of

_APART = 4  # words between the one that sets a term and its number


@dataclass(frozen=True, slots=True)
class TermWords:
    """One language's. `words` alone say it; else a number of `spans` after one of `sets`."""

    words: frozenset[str]
    sets: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    spans: frozenset[str] = frozenset()


def states_term(claim: Claim, kinds: Kinds, known: Mapping[str, TermWords]) -> bool:
    """Whether a threat of this claim does, in its sentence or in the headline."""
    words = known.get(claim.lang)
    threats = [said for said in claim.said if kinds.by_id[said.kind].conditional]
    if words is None or not threats:
        return False
    return any(_says_term(words_of(text), words) for text in (claim.title, *(one.evidence.sentence for one in threats)))


def _says_term(said: Sequence[str], known: TermWords) -> bool:
    for place, word in enumerate(said):
        if word in known.words or (not word.isascii() and any(one in word for one in known.words)):
            return True
        if word in known.spans and place and (said[place - 1].isdigit() or said[place - 1] in known.numbers):
            before = said[max(place - 1 - _APART, 0) : place - 1]
            if not known.sets.isdisjoint(before):
                return True
    return False
