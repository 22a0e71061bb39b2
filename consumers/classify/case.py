"""Who does what to whom by the cases of phrases, in languages whose order is free."""

from typing import TYPE_CHECKING

from consumers.classify.nominal import Phrase

if TYPE_CHECKING:
    from consumers.classify.chunk import Verb
    from consumers.classify.clause import Syntax

# The names of cases are those of the dictionary; the places are what rules name.
_PLACES = {"datv": "dative", "ablt": "instrumental"}


def by_case(verb: "Verb", before: list[Phrase], syntax: "Syntax") -> None:
    """Put the phrases round a verb into the places that their cases say: subject, object, dative, instrumental."""
    passive = verb.forms <= syntax.participles
    moved: list[tuple[str, Phrase | None]] = [(phrase.prep, phrase) for phrase in before if phrase.prep]
    own = verb.subject is not None and any(verb.subject is phrase for phrase in before)
    for phrase in before:
        if phrase.prep or (phrase is verb.subject and _may_be(phrase, "nomn")):
            continue
        if phrase is verb.subject:
            verb.subject, own = None, False
        moved.append((_place(phrase), phrase))
    after = [(_place(phrase) if not prep and phrase is not None else prep, phrase) for prep, phrase in verb.after]
    verb.after = [*after, *moved] if own else [*moved, *after]
    if not own:
        _find_subject(verb, passive)


def _find_subject(verb: "Verb", passive: bool) -> None:
    """Take the subject from what stands behind the verb, or before it in another place than the first."""
    if verb.infinitive or verb.ing:
        return
    for place, (prep, phrase) in enumerate(verb.after):
        if prep or phrase is None:
            continue
        if "nomn" in phrase.cases and (passive or "accs" not in phrase.cases):
            verb.subject = phrase
            del verb.after[place]
            return


def _place(phrase: Phrase) -> str:
    if not phrase.cases or phrase.cases & {"nomn", "accs", "gent"}:
        return ""
    return next((place for case, place in _PLACES.items() if case in phrase.cases), "")


def _may_be(phrase: Phrase, case: str) -> bool:
    return not phrase.cases or case in phrase.cases
