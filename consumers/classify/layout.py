"""How the text of a language is laid out for a scan: bytes, folded, its words between blanks where it has words."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from consumers.classify.lexicon import Fold, Lexicon

Layout = Callable[[str], bytes]

# One byte a letter: the codecs of the Windows code pages know all scripts whose words are parted by blanks in the news,
# and turn a text into bytes in one pass in C.
_CODECS = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258")
_NEARLY_ALL = 0.97  # of the letters of a language's words
_SEPARATORS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Bytes:
    """One byte for a letter; all that is no letter or number is a blank."""

    codec: str
    table: bytes
    dropped: bytes
    fold: Fold

    def __call__(self, text: str) -> bytes:
        try:
            laid = text.encode(self.codec)
        except UnicodeEncodeError:  # 1 text in 500 of English news
            laid = self.fold(text).encode(self.codec, "replace")
        return b" " + laid.translate(self.table, self.dropped) + b" "


def layout_of(lexicon: Lexicon) -> Layout:
    """The layout of a language, by the letters of its words."""
    fold = lexicon.fold
    if lexicon.spaced:
        return lambda text: fold(text).replace(" ", "").encode()  # which words may be written without
    if not lexicon.has_words:
        return lambda text: fold(text).encode()
    letters = Counter(sign for entry in lexicon.by_phrase.values() for sign in fold(entry.phrase) if sign.isalpha())
    codec = max(_CODECS, key=lambda one: _share(letters, one))
    if _share(letters, codec) < _NEARLY_ALL:
        return lambda text: (" " + _SEPARATORS.sub(" ", fold(text)) + " ").encode()
    return _bytes(codec, fold)


def _share(letters: Counter[str], codec: str) -> float:
    """How many of the letters of a language a codec can write."""
    written = sum(count for letter, count in letters.items() if letter.encode(codec, "ignore"))
    return written / max(letters.total(), 1)


def _bytes(codec: str, fold: Fold) -> Bytes:
    """A table of what each byte folds to: of a letter that folds to two the first, and nothing for a mere mark."""
    table, dropped = bytearray(b" " * 256), bytearray()
    for number in range(256):
        letter = bytes([number]).decode(codec, "replace")
        folded = fold(letter)
        if letter.isalnum() and folded[:1].isalnum():
            table[number : number + 1] = folded[0].encode(codec, "ignore") or b" "
        elif not folded:
            dropped.append(number)
    return Bytes(codec, bytes(table), bytes(dropped), fold)
