"""The forms of words in a language whose endings no short list of changes gives: one adapter for each library."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ANY_CASE = "any"  # of a word that does not change


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a word or phrase. `name` is that of a verb's form; nouns and adjectives have cases."""

    text: str
    name: str = ""
    cases: frozenset[str] = frozenset()
    plural: bool = False


Noun = Callable[[str], list[Form]]
Verb = Callable[[str], list[Form]]


@dataclass(frozen=True, slots=True)
class Endings:
    """What a library says of words: all forms of a noun, adjective or phrase, and of a verb."""

    noun: Noun
    verb: Verb


def endings(library: str) -> Endings | None:
    """The adapter that a grammar file names; None where it names none."""
    return _pymorphy() if library == "pymorphy3" else None


def _pymorphy() -> Endings:
    """Russian words by the OpenCorpora dictionary: 20 MB that go with the adapter, read in 0.1 s."""
    import pymorphy3

    analyzer = pymorphy3.MorphAnalyzer()
    return Endings(lambda phrase: _declined(phrase, analyzer), lambda lemma: _conjugated(lemma, analyzer))


def _declined(phrase: str, analyzer: Any) -> list[Form]:
    """The forms of a phrase: of its first noun, with the adjectives before it; what stands behind stays as it is."""
    words = phrase.split(" ")
    parses = [_nominative(word, analyzer) for word in words]
    head = next(
        (place for place, parse in enumerate(parses) if parse is not None and parse.tag.POS in ("NOUN", "NPRO")), -1
    )
    if head < 0:
        head = next((place for place, parse in enumerate(parses) if parse is None), len(parses)) - 1
    if head < 0 or any(parse is None for parse in parses[:head]):
        return [Form(phrase)]
    found: dict[str, Form] = {}
    for form in parses[head].lexeme:
        case, number = form.tag.case, form.tag.number
        same = form.tag.POS == parses[head].tag.POS and form.tag.voice == parses[head].tag.voice
        if case is None or not same or form.tag.tense != parses[head].tag.tense:
            continue
        before = [_agreeing(parse, form.tag) for parse in parses[:head]]
        if any(word is None for word in before):
            continue
        made = [*before, form.word]
        text = " ".join([*(_cased(new, old) for new, old in zip(made, words, strict=False)), *words[head + 1 :]])
        fixed = "Fixd" in form.tag
        cases = frozenset({ANY_CASE if fixed else _CASES.get(str(case), str(case))})
        for spelt in _spellings(text):
            known = found.get(spelt)
            plural = number == "plur" and "Sgtm" not in form.tag
            merged = cases | known.cases if known else cases
            found[spelt] = Form(spelt, "", merged, plural if known is None else known.plural and plural)
    return list(found.values()) or [Form(phrase)]


# Cases that the dictionary parts and a clause does not.
_CASES = {"gen2": "gent", "acc2": "accs", "loc2": "loct", "gen1": "gent", "loc1": "loct"}
_FORMS = {"INFN": "base", "PRTS": "participle", "GRND": "ing"}
_TENSES = {"past": "past", "pres": "present", "futr": "future"}


def _nominative(word: str, analyzer: Any) -> Any:
    """The reading of a word as a noun or adjective in the nominative, animate before the rest."""
    parses = [p for p in analyzer.parse(word) if p.tag.POS in ("NOUN", "ADJF", "PRTF", "NPRO") and p.tag.case == "nomn"]
    return min(parses, key=lambda p: p.tag.POS == "PRTF", default=None)


def _agreeing(parse: Any, tag: Any) -> str | None:
    """An adjective in the case, number and gender of its noun."""
    grammemes = {str(tag.case) if str(tag.case) not in _CASES else _CASES[str(tag.case)], str(tag.number)}
    if tag.number == "sing" and tag.gender:
        grammemes.add(str(tag.gender))
    if tag.case == "accs" and tag.animacy and (tag.number == "plur" or tag.gender == "masc"):
        grammemes.add(str(tag.animacy))
    made = parse.inflect(grammemes)
    return made.word if made is not None else None


def _conjugated(lemma: str, analyzer: Any) -> list[Form]:
    """The forms of a verb; of a short adjective that stands like a verb, all of them as its present."""
    head, _, rest = lemma.partition(" ")
    tail = f" {rest}" if rest else ""
    parse = next((p for p in analyzer.parse(head) if p.tag.POS == "INFN"), None)
    if parse is None:
        short = next((p for p in analyzer.parse(head) if p.tag.POS in ("ADJS", "PRTS", "PRED")), None)
        words = {f.word for f in short.lexeme if f.tag.POS == short.tag.POS} if short is not None else {head}
        return [Form(word + tail, "present") for word in sorted(words)]
    found = {}
    for form in parse.lexeme:
        name = _FORMS.get(form.tag.POS or "") or (_TENSES.get(str(form.tag.tense)) if form.tag.POS == "VERB" else None)
        if name is None or form.tag.mood == "impr":
            continue
        for spelt in _spellings(form.word):
            found[spelt + tail, name] = Form(spelt + tail, name)
    return list(found.values())


def _spellings(word: str) -> set[str]:
    """A word with the letter yo, and as most texts print it."""
    return {word, word.replace("\u0451", "\u0435")}


def _cased(new: str, old: str) -> str:
    """`new` with the capitals of `old`."""
    if len(old) > 1 and old.isupper():
        return old + new[len(old) :] if new.startswith(old.lower()) else new.upper()
    parts = [part[:1].upper() + part[1:] for part in new.split("-")]
    return "-".join(parts) if old[:1].isupper() and "-" in old else parts[0] if old[:1].isupper() else new
