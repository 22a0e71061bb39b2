"""What a sentence says beside the act: on which day it was, and over what."""

from collections.abc import Iterable, Sequence

from consumers.classify.lexicon import Token
from consumers.classify.when import Stated

ENDS = frozenset(",;:.")
LONGEST = 160  # code points of the grounds that are kept


def day_of(times: Iterable[Stated], place: int, borders: Sequence[int]) -> Stated | None:
    """The exact day nearest to the act, named in its own clause; None where none is."""
    own = [
        time
        for time in times
        if time.exact and not any(min(time.place, place) < border < max(time.place, place) for border in borders)
    ]
    return min(own, key=lambda time: abs(time.place - place), default=None)


def grounds_of(text: str, tokens: Sequence[Token], after: int, openers: Sequence[tuple[str, ...]]) -> str:
    """What stands behind the first of `openers` ("over", "in response to") at or after a token, to the next stop."""
    for place in range(after, len(tokens)):
        for words in openers:
            end = place + len(words)
            if end < len(tokens) and tuple(token.norm for token in tokens[place:end]) == words:
                return _to_stop(text, tokens[end:])
    return ""


def _to_stop(text: str, tokens: Sequence[Token]) -> str:
    last = tokens[-1].end
    for token in tokens:
        if token.text in ENDS:
            last = token.start
            break
    return text[tokens[0].start : last].strip()[:LONGEST]
