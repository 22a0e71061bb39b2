"""What a sentence says beside the act: on which day it was, over what, to whom just, and how wide a sanction is."""

from collections.abc import Iterable, Iterator, Sequence

from consumers.classify.frame import Frame
from consumers.classify.lexicon import Token
from consumers.classify.match import fits
from consumers.classify.nominal import Phrase
from consumers.classify.rules import CompiledAct
from consumers.classify.when import Stated
from monitor.message.kind import Scope

ENDS = frozenset(",;:.")
LONGEST = 160  # code points of the grounds that are kept


def variant_of(act: CompiledAct, frame: Frame, sides: frozenset[str]) -> str:
    """The variant of the kind's sentence: that of the act, else by what it is done to ("the consul")."""
    if act.variant or not act.variants:
        return act.variant
    for phrase in _concerned(act, frame, sides):
        found = next((variant for name, variant in act.variants.items() if name in phrase.classes), None)
        if found is not None:
            return found
    return ""


def scope_of(act: CompiledAct, frame: Frame, sides: frozenset[str]) -> Scope | None:
    """How wide a sanction is: that of the act, but a measure where it hits what the rule calls one."""
    if act.measure and any(_is_wide(act, phrase) for phrase in _concerned(act, frame, sides)):
        return Scope.MEASURE
    return act.scope


def _is_wide(act: CompiledAct, phrase: Phrase) -> bool:
    if "former" in phrase.classes:
        return False
    leads = not phrase.owned and any(word.actor is not None and word.actor.form == "person" for word in phrase.words)
    return leads or fits(phrase, act.measure)


def _concerned(act: CompiledAct, frame: Frame, sides: frozenset[str]) -> Iterator[Phrase]:
    """What an act is done to, with what hangs on it; `sides` are prepositions of who does it, says so, or why."""
    asked = [frame.at(place) for place, _ in act.where if place not in sides]
    behind = [phrase for prep, phrase in frame.preps if prep not in sides]
    for phrase in (*asked, frame.noun, frame.object, frame.second, *behind):
        if phrase is not None:
            yield phrase
            if phrase.of is not None and phrase.classes:  # not the president of whom someone is a son
                yield phrase.of


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
    norms = tuple(token.norm for token in tokens[after:])
    heads = {words[0] for words in openers}
    for place, norm in enumerate(norms):
        if norm not in heads:
            continue
        for words in openers:
            end = place + len(words)
            if end < len(norms) and norms[place:end] == words:
                return _to_stop(text, tokens[after + end :])
    return ""


def _to_stop(text: str, tokens: Sequence[Token]) -> str:
    last = tokens[-1].end
    for token in tokens:
        if token.text in ENDS:
            last = token.start
            break
    return text[tokens[0].start : last].strip()[:LONGEST]
