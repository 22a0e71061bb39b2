"""The text of an item: its parts, clean, in sentences."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.message.item import Item

LONGEST = 1_000  # characters of a sentence
LIMIT = 60_000  # characters of an item that are read; what stands behind is cut

_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|p|/p|li|/li|div|/div|h[1-6]|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_END = re.compile(r"[.!?…。！？؟]+[\"”’')\]»」』]*(?=\s|$)|[。！？]+[」』”]*|\n+")  # noqa: RUF001 full-width signs end sentences
_SPACE = re.compile(r"[ \t\u00a0\u200b\r]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of one part (title, summary or content), with its number in the item."""

    part: str
    text: str
    number: int
    paragraph: int = 0


def parts(item: Item) -> Iterator[tuple[str, str]]:
    """Name and clean text of the parts of an item that are read."""
    left = LIMIT
    for name, text in (("title", item.title), ("summary", item.summary), ("content", item.content)):
        text = clean(text[:left])
        left -= len(text)
        if text:
            yield name, text


def clean(text: str) -> str:
    """`text` without markup, entities and runs of blanks."""
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(html.unescape(text))
        if "<" in text:
            text = _TAG.sub(" ", _BREAK.sub("\n", text))
    return _SPACE.sub(" ", text).strip()


def sentences(
    part: str, text: str, abbreviations: frozenset[str], boilerplate: Sequence[str], first: int
) -> list[Sentence]:
    """The sentences of a part. `boilerplate` is folded text that ends the news of its line."""
    found: list[Sentence] = []
    start = paragraph = 0
    for end in _END.finditer(text):
        sign = end[0]
        if "\n" not in sign and _is_abbreviation(text, end.start(), end.end(), abbreviations):
            continue
        for piece in _pieces(text[start : end.end()].strip()):
            found.append(Sentence(part, piece, first + len(found), paragraph))
        start = end.end()
        paragraph += "\n" in sign
    for piece in _pieces(text[start:].strip()):
        found.append(Sentence(part, piece, first + len(found), paragraph))
    return [kept for kept in (_without(sentence, boilerplate) for sentence in found) if kept.text]


def _pieces(sentence: str) -> Iterator[str]:
    """A sentence that never ends in pieces, so that the work on a text grows no faster than the text."""
    while len(sentence) > LONGEST:
        cut = sentence.rfind(" ", 1, LONGEST) + 1 or LONGEST
        yield sentence[:cut].strip()
        sentence = sentence[cut:]
    if sentence:
        yield sentence


def _is_abbreviation(text: str, stop: int, end: int, abbreviations: frozenset[str]) -> bool:
    if text[stop] != ".":
        return False
    begin = stop
    while begin > 0 and stop - begin < 12 and (text[begin - 1].isalnum() or text[begin - 1] == "."):
        begin -= 1
    word = text[begin:stop]
    following = text[end : end + 2].strip()
    if following and following[0].islower():
        return True
    return (len(word) == 1 and word.isupper()) or word.lower() in abbreviations or ("." in word and len(word) <= 5)


def _without(sentence: Sentence, boilerplate: Sequence[str]) -> Sentence:
    low = sentence.text.lower()
    cut = min((low.find(phrase) for phrase in boilerplate if phrase in low), default=-1)
    if cut < 0:
        return sentence
    return Sentence(sentence.part, sentence.text[:cut].strip(), sentence.number, sentence.paragraph)
