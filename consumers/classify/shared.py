"""Names that are a state's by their company alone: "Georgia", "Jordan", "the North"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consumers.classify.lexicon import Word


@dataclass(frozen=True, slots=True)
class Company:
    """Of which folded texts one must stand in the item, where there are any, and which void the name."""

    beside: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def allows(self, text: str) -> bool:
        """Whether an item of this folded text means the state."""
        beside = not self.beside or any(one in text for one in self.beside)
        return beside and not any(one in text for one in self.without)


def part_names(words: Sequence[Word], shared: Mapping[str, Company], text: str) -> None:
    """Take the actor from each shared name that means a person, a town or a point of the compass here.

    A name beside another that no pack knows is a person's ("Michael Jordan"), but where all words have capitals.
    """
    letters = [word.capital for word in words if word.text[0].isalpha()]
    titled = 2 * sum(letters) > len(letters)
    for place, word in enumerate(words):
        company = shared.get(word.entry.phrase) if word.actor is not None and word.entry is not None else None
        if company is not None and (not company.allows(text) or (not titled and _is_beside_name(words, place))):
            word.actor = None


def _is_beside_name(words: Sequence[Word], place: int) -> bool:
    before = words[place - 1] if place > 1 else None  # the first word of a sentence has a capital anyway
    after = words[place + 1] if place + 1 < len(words) else None
    sides = (word for word in (before, after) if word is not None)
    return any(word.entry is None and word.capital and word.text.isalpha() for word in sides)
