"""Faults in lists of words: two scripts in one word, a plural that is not known, a list that nothing asks for."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from consumers.classify.build import plural_of
from consumers.classify.format import ActorsFile, ExceptionsFile, GrammarFile, NounsFile
from consumers.classify.nominal import MODIFIER_CLASSES
from consumers.classify.source import ReadFile, Source
from monitor.errors import Fault
from monitor.yaml_file import Map, Seq

_LETTERS = re.compile(r"[^\W\d_]+")
_NAMES = re.compile(r"[|+!\s]+")
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "IDEOGRAPHIC", "FULLWIDTH"})
_ENDING = 3  # letters by which adjectives are told to have a plural
_ENGINE = MODIFIER_CLASSES | {"former", "partisan"}  # lists that the engine itself asks for by name


def word_faults(source: Source) -> Iterator[Fault]:
    """The faults in the words of all files."""
    for written in source.written:
        yield from _mixed(written, written.data, ())
        match written.model:
            case NounsFile() as file:
                grammar = source.language(file.lang)["grammar.yaml"]
                for table, lists in (("nouns", file.nouns), ("marks", file.marks)):
                    for name, words in lists.items():
                        yield from _twice(written, (table, name), words)
                        if table == "nouns":
                            yield from _plurals(written, (table, name), words, grammar)
                yield from _unused(written, file, source)
            case ExceptionsFile() as file:
                for name, barred in file.exceptions.items():
                    yield from _twice(written, ("exceptions", name, "words"), barred.words)
                yield from _unused_exceptions(written, file, source)
            case ActorsFile() as file:
                yield from _adjectives(written, file, source.language(file.lang)["grammar.yaml"])


def scripts(word: str) -> frozenset[str]:
    """The scripts of the letters of a word; those that Japanese, Korean and Chinese mix count as one."""
    found = set()
    for letter in word:
        name = unicodedata.name(letter, "").partition(" ")[0]
        if not unicodedata.category(letter).startswith("L") or name == "MODIFIER":
            continue
        found.add("east asian" if name in _EAST_ASIAN else name.lower())
    return frozenset(found)


def _mixed(written: ReadFile, data: Any, place: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(data, str):
        for word in _LETTERS.findall(data):
            mixed = scripts(word)
            if len(mixed) > 1 and not (data != word and "east asian" in mixed):  # in a text a name stands in Japanese
                text = f"'{word}' has letters of {' and '.join(sorted(mixed))}; type it anew in one script"
                yield written.fault(place, text, "mixed-scripts")
    elif isinstance(data, (Map, Seq)):
        for key, value in data.items() if isinstance(data, Map) else enumerate(data):
            yield from _mixed(written, value, (*place, key))


def _twice(written: ReadFile, place: tuple[str, ...], words: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, word in enumerate(words):
        if word in seen:
            yield written.fault([*place, number], f"'{word}' stands twice in '{place[1]}'; delete one", "word-twice")
        seen.add(word)


def _plurals(written: ReadFile, place: tuple[str, str], words: list[str], grammar: GrammarFile) -> Iterator[Fault]:
    """Nouns for which the grammar makes no plural, or makes that of the wrong word: "note of protests"."""
    morphology = grammar.morphology
    if not morphology.plural:
        return  # a language that has none, or makes none by rule
    hung = {*grammar.genitive, *grammar.posted} - {*morphology.joints}
    for number, word in enumerate(words):
        made = plural_of(word, morphology)
        if made and (word in morphology.plurals or not hung.intersection(word.split(" ")[1:-1])):
            continue
        known = f"only '{made}' is made of '{word}'" if made else f"no plural of '{word}' is made"
        remedy = "; add it to `plurals` in grammar.yaml, or its preposition to `joints`"
        yield written.fault([*place, number], known + remedy, "singular-without-plural")


def _adjectives(written: ReadFile, file: ActorsFile, grammar: GrammarFile) -> Iterator[Fault]:
    """Of a people the singular alone: "a Ghanaian" without "Ghanaians"; asked of endings that have one elsewhere."""
    pairs = {
        (code, word): plural_of(word, grammar.morphology)
        for code, words in file.actors.items()
        for word in words.adjectives
        if grammar.morphology.plural
    }
    listed = {code: frozenset([*words.adjectives, *words.names]) for code, words in file.actors.items()}
    endings = {word[-_ENDING:] for (code, word), plural in pairs.items() if plural in listed[code]}
    plurals = {(code, plural) for (code, _), plural in pairs.items()}
    for (code, word), plural in pairs.items():
        if plural not in listed[code] and word[-_ENDING:] in endings and (code, word) not in plurals:
            place: list[str | int] = ["actors", code, "adjectives", file.actors[code].adjectives.index(word)]
            yield written.fault(place, f"'{word}' without its plural; add '{plural}'", "singular-without-plural")


def _unused(written: ReadFile, file: NounsFile, source: Source) -> Iterator[Fault]:
    asked = {*file.government, *file.envoys, *file.missions, *_ENGINE}
    for rule in source.rules_of(file.lang):
        asked |= {*_NAMES.split(rule.measure), *rule.variants}
        for act in rule.acts:
            for wanted in (*act.where.values(), act.nouns, act.anywhere):
                asked |= set(_NAMES.split(wanted))
    for table, lists in (("nouns", file.nouns), ("marks", file.marks)):
        for name in lists:
            if name not in asked:
                yield written.fault([table, name], f"nothing asks for the list '{name}'; delete it", "unused-list")


def _unused_exceptions(written: ReadFile, file: ExceptionsFile, source: Source) -> Iterator[Fault]:
    asked: set[str] = set()
    for rule in source.rules_of(file.lang):
        asked |= {*rule.unless, *(name for act in rule.acts for name in act.unless)}
    for name in file.exceptions:
        if name not in asked:
            text = f"no rule names the exception '{name}' under `unless`; name it there, or delete it"
            yield written.fault(["exceptions", name], text, "unused-list")
