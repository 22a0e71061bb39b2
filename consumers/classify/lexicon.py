"""The words that the packs know, and the reading of a text into them."""

import re
import unicodedata
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

Fold = Callable[[str], str]

# Letters, numbers, a possessive ending, or one sign: each alternative is linear, none can follow another's match back.
_WORDS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|['\u2019]s(?![^\W\d_])|[^\w\s]|_")
_CHARACTERS = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z\u00c0-\u024f]+|[\u30a1-\u30fa\u30fc]+|\S")  # katakana is in words
# Letters with the signs of vowels that may stand above and below them, as one word.
_MARKED = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_](?:[^\W\d_]|[\u064b-\u065f\u0670])*|[^\w\s]|_")
TOKENIZERS = {"marked": _MARKED, "words": _WORDS, "characters": _CHARACTERS, "syllables": _CHARACTERS}
# Accents, vowels that print leaves out, and the line that draws a word long.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u0640\u064b-\u065f\u0670]+")
_SIGNS = str.maketrans("\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2015", '\'\'"""---')


_DOTLESS = str.maketrans({"I": "\u0131", "\u0130": "i"})  # the capitals of the two letters i of Turkish


def folding(steps: Sequence[str]) -> Fold:
    """A function that takes from words what does not tell them apart in this language."""

    def fold(text: str) -> str:
        if dotted:
            text = text.translate(_DOTLESS)
        if text.isascii():
            return text.lower() if case else text
        folded = unicodedata.normalize("NFKC", text) if width else text
        folded = folded.casefold() if case else folded
        if marks:
            folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
        return folded.translate(_SIGNS)

    case, width, marks, dotted = (step in steps for step in ("case", "width", "diacritics", "dotted"))
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


CARRIES = 1  # the bit of a word that can stand for a government
NAMES = 2  # of a word that tells which one
PAIR = 4  # of a word that can mean two
REFERS = 8  # of a word that can mean an envoy named elsewhere


@dataclass(slots=True, eq=False)
class Entry:
    """All that one word or phrase may be. `mask` has a bit for each of its classes; see sieve.py."""

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
    mask: int = 0


Hit = tuple[int, int, Entry, Actor | None]  # a known word: its tokens from and to


@dataclass(slots=True)
class Scan:
    """A sentence as far as its words go: all that is known of it before it is parsed."""

    texts: list[str]
    norms: list[str]
    hits: list[Hit]
    triggers: list[Hit]  # words on which an act may hang
    mask: int  # of all its words
    carriers: int  # words that can stand for a government
    codes: set[str]  # whom it names
    opening: int = 0  # the bits of a name at its head that no pack knows


@dataclass(slots=True)
class Word:
    """A word of a text, as far as the packs know it: tokens `start` to `end`."""

    start: int
    end: int
    text: str
    entry: Entry | None
    capital: bool
    actor: Actor | None = None


_STEM = 3  # letters that a word has at least besides its article


def without(word: str, article: str) -> str:
    """`word` without its article."""
    return word[len(article) :] if word.startswith(article) and len(word) - len(article) >= _STEM else word


class Token(NamedTuple):
    """A piece of text between `start` and `end`."""

    text: str
    norm: str
    start: int
    end: int


Longer = dict[str, list[tuple[tuple[str, ...], Entry]]]  # by the second token: the rest of a phrase, the longest first


@dataclass(slots=True)
class Lexicon:
    """Phrases by their first token: the word alone, and what is longer."""

    fold: Fold
    tokenizer: re.Pattern[str]
    has_case: bool = True
    has_words: bool = True
    spaced: bool = False  # without words, but with blanks behind their particles
    article: str = ""  # written onto the word behind it, and passed over
    heads: dict[str, tuple[Entry | None, Longer]] = field(default_factory=dict)
    by_phrase: dict[tuple[str, ...], Entry] = field(default_factory=dict)
    split: Callable[[Sequence["Token"]], list["Token"]] | None = None  # takes words with affixes apart
    _folded: Fold = field(init=False)

    def __post_init__(self) -> None:
        fold = self.fold if not self.article else self.bare
        self._folded = lru_cache(maxsize=_FOLDED)(fold)  # the same few thousand words are most of all text

    def bare(self, word: str) -> str:
        """A word folded, without the article written onto it; only before folding is it unlike the head of a name."""
        return self.fold(without(word, self.article))

    def tokens(self, text: str) -> list[Token]:
        """The tokens of `text`."""
        found = self.whole(text)
        return found if self.split is None else self.split(found)

    def whole(self, text: str) -> list[Token]:
        """The tokens of `text`, words with their affixes."""
        if text.isascii() and self.has_case:
            return [Token(m[0], m[0].lower(), *m.span()) for m in self.tokenizer.finditer(text)]
        fold = self._folded
        return [Token(m[0], fold(m[0]) or m[0], *m.span()) for m in self.tokenizer.finditer(text)]

    def key(self, phrase: str) -> tuple[str, ...]:
        """A phrase as it stands in the table."""
        return tuple(token.norm for token in self.whole(phrase))

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
        self.heads.clear()
        for key, entry in sorted(self.by_phrase.items(), key=lambda pair: -len(pair[0])):
            if not key:
                continue
            alone, longer = self.heads.get(key[0], (None, _NO_LONGER))
            if len(key) == 1:
                alone = entry
            else:
                longer = longer or {}
                longer.setdefault(key[1], []).append((key[2:], entry))
            self.heads[key[0]] = (alone, longer)

    def scan(self, text: str, day: int) -> Scan:
        """The known words of `text`, the longest phrase at each place; persons count while in office on `day`."""
        texts = self.tokenizer.findall(text)
        spans = [found.span() for found in self.tokenizer.finditer(text)] if self.spaced else []
        if self.split is not None:
            tokens = self.split(self.whole(text))
            texts, norms = [token.text for token in tokens], [token.norm for token in tokens]
        elif text.isascii() and self.has_case:
            norms = [token.lower() for token in texts]
        else:
            fold = self._folded
            norms = [fold(token) or token for token in texts]
        hits: list[Hit] = []
        triggers: list[Hit] = []
        codes: set[str] = set()
        mask = carriers = free = 0
        heads, last = self.heads, len(norms) - 1
        for place, norm in enumerate(norms):
            head = heads.get(norm)
            if head is None or place < free:
                continue
            entry, longer = head
            hit = None
            if longer and place < last and norms[place + 1] in longer:
                hit = _longest(longer[norms[place + 1]], texts, norms, place, day, spans)
            if hit is None:
                if entry is None:
                    continue
                if entry.actors or entry.cased:
                    hit = _hit(entry, texts, place, place + 1, day)
                    if hit is None:
                        continue
                elif entry.verbs or entry.nouns or entry.roles:
                    hit = (place, place + 1, entry, None)
                else:
                    continue
            free, entry, actor = hit[1], hit[2], hit[3]
            hits.append(hit)
            gives = entry.mask
            if actor is not None:
                codes.update(actor.codes)
                gives |= CARRIES | NAMES
            if gives:
                mask |= gives
                carriers += gives & CARRIES
            if entry.trigger:
                triggers.append(hit)
        return Scan(texts, norms, hits, triggers, mask, carriers, codes)

    def words(self, scan: Scan) -> list[Word]:
        """All words of a sentence, those too that the packs do not know."""
        found: list[Word] = []
        texts, norms, free = scan.texts, scan.norms, 0
        for place, end, entry, actor in scan.hits:
            while free < place:
                found.append(Word(free, free + 1, norms[free], None, not texts[free][0].islower()))
                free += 1
            text = norms[place] if end == place + 1 else entry.phrase
            found.append(Word(place, end, text, entry, not texts[place][0].islower(), actor))
            free = end
        found += [
            Word(place, place + 1, norms[place], None, not texts[place][0].islower())
            for place in range(free, len(texts))
        ]
        return found


_NO_LONGER: Longer = {}
_FOLDED = 1 << 14


def _longest(
    options: Sequence[tuple[tuple[str, ...], Entry]], texts: Sequence[str], norms: Sequence[str], place: int, day: int,
    spans: Sequence[tuple[int, int]],
) -> Hit | None:  # fmt: skip
    """The first of `options` that stands at `place`. `spans` are given where blanks tell phrases apart."""
    for rest, entry in options:
        end = place + 2 + len(rest)
        if rest and tuple(norms[place + 2 : end]) != rest:
            continue
        if spans and spans[end - 1][1] - spans[place][0] > len(entry.phrase):
            continue  # a blank stands where the phrase has none
        hit = _hit(entry, texts, place, end, day)
        if hit is not None:
            return hit
    return None


def _hit(entry: Entry, texts: Sequence[str], start: int, end: int, day: int) -> Hit | None:
    actor = None
    spelt = not entry.cased or not any(texts[start + at][0].islower() for at in entry.capitals)
    if not spelt and not entry.actors:  # "Washington state visit" is no visit of that state
        return None
    if entry.actors and spelt:
        whole = end - start > 1 or not entry.upper or texts[start].isupper()
        if whole:
            actor = next((one for one in entry.actors if one.since <= day <= one.until), None)
    if actor is None and not (entry.verbs or entry.nouns or entry.roles):
        return None
    return start, end, entry, actor
