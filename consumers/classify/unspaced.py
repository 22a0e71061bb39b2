"""Which of the words that were found in a text without blanks are words, and which are parts of words not known."""

from collections.abc import Sequence

from consumers.classify.lexicon import Token, Word

_SHORT = 3  # letters of a name that is looked at twice where blanks part the words with their particles
_HAN, _HANGUL = "\u4e00", "\uac00"  # Chinese letters among Korean ones are signs for states
_PARTICLES = frozenset({"postposition", "owner", "and"})
_TIMES = frozenset({"time", "month", "weekday"})


def settle(words: Sequence[Word], tokens: Sequence[Token], *, spaced: bool) -> None:
    """Forget of each word what it cannot be between its neighbours.

    A name of one sign counts only between what is known: the sign for China in the word for "centre" is no state.
    Where blanks part the words (`spaced`), a particle stands at the end of one, and a short name at its head or
    behind another known word.
    """
    last = len(words) - 1
    for place, word in enumerate(words):
        if word.entry is None:
            continue
        left = place > 0 and _touches(tokens, words[place - 1].end - 1)
        right = place < last and _touches(tokens, word.end - 1)
        before = words[place - 1] if left else None
        after = words[place + 1] if right else None
        if before is not None and before.text[0].isdigit() and word.entry.roles & _TIMES:
            word.actor = None
            continue
        free = (_may_stand_behind(before, spaced=spaced) and _is_known(after)) or (
            spaced and word.text[0] >= _HAN and word.text[0] < _HANGUL
        )
        size = sum(len(token.text) for token in tokens[word.start : word.end])
        if word.actor is not None and not free and (size == 1 or (spaced and size <= _SHORT)):
            word.actor = None
            if not (word.entry.nouns or word.entry.roles or word.entry.verbs):
                word.entry = None
                continue
        if spaced and word.actor is None and word.entry.roles & _PARTICLES:
            if (before is None and size == 1) or (after is not None and _is_letter(after)):
                word.entry = None
        elif spaced and size == 1 and word.actor is None and not free:
            word.entry = None


def _touches(tokens: Sequence[Token], place: int) -> bool:
    """Whether nothing stands between a token and the next."""
    return tokens[place].end == tokens[place + 1].start


def _is_letter(word: Word) -> bool:
    return word.text[0].isalpha()


def _may_stand_behind(before: Word | None, *, spaced: bool) -> bool:
    """Whether a sign for a state may stand behind `before`: where blanks part words, at a head or behind a name."""
    if not spaced or before is None or not before.text[0].isalpha():
        return _is_known(before)
    return before.actor is not None


def _is_known(word: Word | None) -> bool:
    return word is None or word.entry is not None or not word.text[0].isalpha()
