"""The words that the packs know, and the reading of a text into them."""

import re
import unicodedata
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Fold = Callable[[str], str]

# Letters, numbers, a possessive ending, or one sign: each alternative is linear, none can follow another's match back.
_WORDS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|['\u2019]s(?![^\W\d_])|[^\w\s]|_")
_CHARACTERS = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z\u00c0-\u024f]+|[\u30a1-\u30fa\u30fc]+|\S")  # katakana is in words
TOKENIZERS = {"words": _WORDS, "characters": _CHARACTERS, "syllables": _CHARACTERS}
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670]+")  # accents, and vowels that print leaves out
_SIGNS = str.maketrans("\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2015", '\'\'"""---')


def folding(steps: Sequence[str]) -> Fold:
    """A function that takes from words what does not tell them apart in this language."""

    def fold(text: str) -> str:
        if text.isascii():
            return text.lower() if case else text
        folded = unicodedata.normalize("NFKC", text) if width else text
        folded = folded.casefold() if case else folded
        if marks:
            folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
        return folded.translate(_SIGNS)

    case, width, marks = "case" in steps, "width" in steps, "diacritics" in steps
    return fold


@dataclass(frozen=True, slots=True)
class Actor:
    """What a name says: the states or bodies, and how it names them.

    `form`: name, adjective, capital, city, speaks (a palace, a ministry), person, thing (of that state, no government).
    `since` and `until` are days since the epoch, for those who held an office.
    """

    codes: tuple[str, ...]
    form: str
    since: int = -(10**9)
    until: int = 10**9


@dataclass(slots=True)
class Entry:
    """All that one word or phrase may be."""

    phrase: str
    actors: tuple[Actor, ...] = ()
    verbs: tuple[tuple[str, str], ...] = ()  # lemma, form
    nouns: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()  # classes that the sentence has by this word
    trigger: bool = False  # an act may hang on it
    plural: bool = False
    cases: frozenset[str] = frozenset()  # of a noun, name or adjective, in languages with cases
    capitals: tuple[int, ...] = ()  # places of tokens that have a capital
    cased: bool = False  # only with capitals where the phrase has them
    upper: bool = False  # only in capitals


@dataclass(slots=True)
class Word:
    """A word of a text, as far as the packs know it: tokens `start` to `end`."""

    start: int
    end: int
    text: str
    entry: Entry | None
    capital: bool
    actor: Actor | None = None


class Token(NamedTuple):
    """A piece of text between `start` and `end`."""

    text: str
    norm: str
    start: int
    end: int


@dataclass(slots=True)
class Lexicon:
    """Phrases by their first token, the longest first."""

    fold: Fold
    tokenizer: re.Pattern[str]
    has_case: bool = True
    has_words: bool = True
    spaced: bool = False  # without words, but with blanks behind their particles
    alone: dict[str, Entry] = field(default_factory=dict)  # words of one token
    by_two: dict[tuple[str, str], list[tuple[tuple[str, ...], Entry]]] = field(default_factory=dict)
    by_phrase: dict[tuple[str, ...], Entry] = field(default_factory=dict)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of `text`."""
        if text.isascii() and self.has_case:
            return [Token(m[0], m[0].lower(), *m.span()) for m in self.tokenizer.finditer(text)]
        fold = self.fold
        return [Token(m[0], fold(m[0]) or m[0], *m.span()) for m in self.tokenizer.finditer(text)]

    def key(self, phrase: str) -> tuple[str, ...]:
        """A phrase as it stands in the table."""
        return tuple(token.norm for token in self.tokens(phrase))

    def entry(self, phrase: str) -> Entry:
        """The entry of `phrase`, made where it is new."""
        key = self.key(phrase)
        if key not in self.by_phrase:
            self.by_phrase[key] = Entry(phrase)
        entry = self.by_phrase[key]
        if self.spaced and len(phrase) > len(entry.phrase):
            entry.phrase = phrase  # with the blanks that it may have
        return entry

    def trigger(self, lemmas: Container[str], nouns: frozenset[str]) -> None:
        """Note which words may begin an act: forms of these verbs, nouns of these classes."""
        for entry in self.by_phrase.values():
            verbs = any(lemma in lemmas for lemma, _ in entry.verbs)
            entry.trigger = verbs or not nouns.isdisjoint(entry.nouns)

    def finish(self) -> None:
        """Sort for reading; call once after the last word is in. Equal sets become one: they are half of the memory."""
        shared: dict[frozenset[str], frozenset[str]] = {}
        for entry in self.by_phrase.values():
            entry.nouns, entry.roles, entry.marks, entry.cases = (
                shared.setdefault(one, one) for one in (entry.nouns, entry.roles, entry.marks, entry.cases)
            )
        self.alone.clear()
        self.by_two.clear()
        for key, entry in sorted(self.by_phrase.items(), key=lambda pair: -len(pair[0])):
            if len(key) == 1:
                self.alone[key[0]] = entry
            elif key:
                self.by_two.setdefault((key[0], key[1]), []).append((key[2:], entry))

    def words(self, tokens: Sequence[Token], day: int) -> list[Word]:
        """`tokens` as words, the longest phrase at each place; persons count while in office on `day`."""
        found: list[Word] = []
        place, count, alone, by_two = 0, len(tokens), self.alone, self.by_two
        norms = [token.norm for token in tokens]
        norms.append("")
        while place < count:
            token = tokens[place]
            first = token.text[0]
            capital = first.isupper() or not first.islower()
            word = None
            for rest, entry in by_two.get((token.norm, norms[place + 1]), ()):
                end = place + 2 + len(rest)
                if end <= count and (not rest or tuple(norms[place + 2 : end]) == rest):
                    if self.spaced and tokens[end - 1].end - token.start > len(entry.phrase):
                        continue  # a blank stands where the phrase has none
                    word = _word(entry, tokens, place, end, capital, day)
                    if word is not None:
                        break
            if word is None and token.norm in alone:
                word = _word(alone[token.norm], tokens, place, place + 1, capital, day)
            if word is None:
                word = Word(place, place + 1, token.norm, None, capital)
            found.append(word)
            place = word.end
        return found


def _has_capitals(entry: Entry, tokens: Sequence[Token], start: int) -> bool:
    return all(not tokens[start + place].text[0].islower() for place in entry.capitals)


def _word(entry: Entry, tokens: Sequence[Token], start: int, end: int, capital: bool, day: int) -> Word | None:
    actor = None
    if entry.actors and not (entry.cased and not _has_capitals(entry, tokens, start)):
        whole = end - start > 1 or not entry.upper or tokens[start].text.isupper()
        if whole:
            actor = next((one for one in entry.actors if one.since <= day <= one.until), None)
    if actor is None and not (entry.verbs or entry.nouns or entry.roles):
        return None
    return Word(start, end, tokens[start].norm if end == start + 1 else entry.phrase, entry, capital, actor)
