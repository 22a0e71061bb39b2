"""Where the word stands that turned the modality of an act: for the trace only."""

from collections.abc import Sequence

from consumers.classify.lexicon import Entry, Word
from consumers.classify.modality import Status

# what a status names that is no lemma and no list, and the role of the words in the grammar that say so
_ROLES = {"not": "negation", "no": "negation", "to": "infinitive", "if": "condition"}


def cue_at(status: Status, span: tuple[int, int], words: Sequence[Word]) -> int | None:
    """The place of the nearest word that gives this status to the act at `span`; None where no single word does."""
    if not status.by:
        return None
    role = _ROLES.get(status.by, status.by)
    places = [i for i, word in enumerate(words) if word.entry is not None and _says(word.entry, status.by, role)]
    return min(places, key=lambda place: abs(place - span[0]), default=None)


def _says(entry: Entry, by: str, role: str) -> bool:
    return by in entry.nouns or role in entry.roles or any(lemma == by for lemma, _ in entry.verbs)
