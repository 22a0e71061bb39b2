"""The content words of a text, cut to stems: what correlation compares two tellings by. Language-blind on purpose."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_STEM = 5  # letters: "drone" and "drones", "balloon" and "ballons" meet
_SHORTEST = 4
_MOST = 48
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def terms(*texts: str, most: int = _MOST) -> tuple[str, ...]:
    """Stems of the first `most` different words of at least four letters; pairs of characters for Han, Kana, Hangul."""
    found: dict[str, None] = {}
    for text in texts:
        for word in _WORD.findall(_plain(text)):
            for stem in _stems(word):
                found[stem] = None
            if len(found) >= most:
                return tuple(found)[:most]
    return tuple(found)


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(_plain(text))


def name_stems(name: str) -> frozenset[str]:
    """The stems by which a state's name shows in a text, in its other forms too: Russia, Russian."""
    stems: set[str] = set()
    for word in _WORD.findall(_plain(name)):
        if len(word) >= _SHORTEST:
            stems |= {word[:_STEM], *(word[:_SHORTEST] + letter for letter in _LETTERS)}
    return frozenset(stems)


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )


def _stems(word: str) -> tuple[str, ...]:
    if word.isascii() or not _is_east_asian(word[0]):
        return (word[:_STEM],) if len(word) >= _SHORTEST and not word[0].isdigit() else ()
    composed = unicodedata.normalize("NFC", word)
    return tuple(composed[at : at + 2] for at in range(len(composed) - 1))


def _is_east_asian(letter: str) -> bool:
    return "\u1100" <= letter <= "\u11ff" or "\u3040" <= letter <= "\u30ff" or "\u3400" <= letter <= "\ud7ff"
