"""The sieve: what must stand in a sentence for an act to be read in it, asked of its words before it is parsed.

It lets through all that could match and much that does not: classes of words, governments that may act, verbs above,
and on which side of the verb they stand where the order of the language is fixed. Phrases are for the parser.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consumers.classify.lexicon import CARRIES, NAMES, PAIR, REFERS, Entry, Hit, Scan
from consumers.classify.rules import Clause, Need

_TWO = "2"  # "the 2 countries"


@dataclass(frozen=True, slots=True)
class Sieve:
    """The needs of all acts by the words that may tell of them."""

    needs: Mapping[Entry, tuple[Need, ...]]
    anywhere: tuple[Need, ...]  # of acts that hang on an auxiliary
    envoys: int  # the bits of classes of envoys

    def wanted(self, scan: Scan, envoys: int) -> set[Need]:
        """What may be told of in a sentence that has triggers; `envoys` are bits of whom "him" may mean."""
        carriers = scan.carriers
        counted = NAMES | PAIR if _TWO in scan.norms else 0
        mask = _with(scan.mask | counted | (PAIR if len(scan.codes) > 1 else 0), envoys)
        found = {need for need in self.anywhere if need.carriers <= carriers and holds(mask, need.clauses)}
        sides: dict[int, tuple[int, int]] = {}
        for start, _, entry, _ in scan.triggers:
            for need in self.needs.get(entry, ()):
                if need.carriers > carriers or not holds(mask, need.clauses) or need in found:
                    continue
                if need.before or need.behind:
                    sides = sides or _sides(scan)
                    before, behind = (_with(side | counted, envoys) for side in sides[start])
                    if not (holds(before, need.before) and holds(behind, need.behind)):
                        continue
                found.add(need)
        return found


def _sides(scan: Scan) -> dict[int, tuple[int, int]]:
    """The bits of what stands before each known word, and of what stands behind it, by where the word begins."""
    before = _running(scan.hits, scan.opening)
    behind = reversed([*_running(scan.hits[::-1], 0)])
    return dict(zip((hit[0] for hit in scan.hits), zip(before, behind, strict=True), strict=True))


def _running(hits: Iterable[Hit], mask: int) -> Iterator[int]:
    """For each word the bits of those that come before it."""
    first = ""
    for _, _, entry, actor in hits:
        yield mask
        mask |= entry.mask
        if actor is not None:
            first = first or actor.codes[0]
            two = any(code != first for code in actor.codes)
            mask |= CARRIES | NAMES | (PAIR if two else 0)


def _with(mask: int, envoys: int) -> int:
    """Bits with those of whom a word among them may mean."""
    return mask | envoys if mask & REFERS else mask


def holds(mask: int, clauses: Sequence[Clause]) -> bool:
    """Whether the bits of some words are enough for one option of each clause."""
    for clause in clauses:
        for option in clause:
            if mask & option == option:
                break
        else:
            return False
    return True
