"""The language of an item: as declared where its letters agree, else as its text says."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Final

import pycld2
from babel import localedata
from babel.core import get_global


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SAMPLE: Final = 500  # characters; more change nothing but the time
_SCRIPT_SAMPLE: Final = 200
_LEAST: Final = 20  # characters, below which a guess is worth nothing
_SURE: Final = 150  # characters of a text that may overrule a declaration in the same script
_LETTER: Final = re.compile(r"[^\W\d_]")
_BEYOND_LATIN: Final = re.compile("[^\x00-\u024f\u2000-\u206f]")
# Pairs that a detector confuses and a reader does not mind: none overrules the other.
_KIN: Final = [
    frozenset(group.split())
    for group in (
        "no nb nn da sv",
        "hr sr bs sl mk",
        "id ms jv su",
        "cs sk",
        "gl pt es ca ast oc",
        "ru be uk bg kk",
        "hi mr ne bh",
        "ar fa ur ps",
        "zh yue",
        "af nl",
        "fr oc co",
    )
]
_SCRIPTS: Final = {  # of the languages that are not written in Latin letters
    "CYRILLIC": "ru uk be bg mk sr kk ky mn tg uz tt bs az",
    "ARABIC": "ar fa ur ps ckb ug sd ku az pa ks",
    "HEBREW": "he yi",
    "GREEK": "el",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh ja yue ko",
    "THAI": "th",
    "DEVANAGARI": "hi mr ne sa bh mai kok",
    "BENGALI": "bn as",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "SINHALA": "si",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "ETHIOPIC": "am ti",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "TIBETAN": "bo dz",
}
_NOT_LATIN: Final = frozenset(" ".join(_SCRIPTS.values()).split()) - _set("sr bs az uz ku kk mn tt tg")
_RETIRED: Final = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr", "cmn": "zh"}


@lru_cache(maxsize=256)
def declared(tag: str) -> str:
    """The ISO 639-1 code of a language tag as feeds write them (`en-US`, `de_AT`, `eng`); "" for none."""
    primary = re.split(r"[-_,;\s]", tag.strip().lower(), maxsplit=1)[0]
    if not (primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3) or primary == "und":
        return ""
    primary = _RETIRED.get(primary, primary)
    if len(primary) == 3:
        alias = str(get_global("language_aliases").get(primary, primary))
        primary = re.split(r"[-_]", alias)[0]
    # "us" and "uk" as the country are no languages; the latter is Ukrainian, which its letters then belie.
    return primary if len(primary) == 2 and localedata.exists(primary) else ""


def of(text: str, hint: str) -> str:
    """The ISO 639-1 code of the language that `text` is in; `hint` is what was declared, "" where nothing was.

    The declaration stands unless the letters are not of its script, or the text is long and clearly in a language
    that is no near kin of it: an English feed carries the odd Spanish item, and says English.
    """
    sample = text[:_SAMPLE]
    script = _script(sample)
    if not script:
        return hint
    fits = bool(hint) and _fits(script, hint)
    if len(sample) < (_SURE if fits else _LEAST):
        return hint if fits else _by_script(script)
    found, sure = _detect(sample, hint)
    if not fits:
        return found or _by_script(script) or hint
    if found and sure and found != hint and not any({found, hint} <= kin for kin in _KIN):
        return found
    return hint


def _detect(text: str, hint: str) -> tuple[str, bool]:
    """What CLD2 finds, and whether it is sure."""
    try:
        sure, _, ranked = pycld2.detect(text, bestEffort=True, hintLanguage=hint or None)
    except pycld2.error:  # a hint that it does not know
        try:
            sure, _, ranked = pycld2.detect(text, bestEffort=True)
        except pycld2.error:
            return "", False
    _, code, percent, _ = ranked[0]
    return declared(code) if code != "un" else "", bool(sure) and percent >= 90


def _script(sample: str) -> str:
    """The script of most of the letters, as Unicode names it; "" where there are none."""
    if len(_BEYOND_LATIN.findall(sample)) * 10 < len(sample):
        return "LATIN" if _LETTER.search(sample) else ""
    counts: Counter[str] = Counter()
    for letter, number in Counter(sample[:_SCRIPT_SAMPLE]).items():
        if letter.isalpha():
            counts[_script_of(letter)] += number
    # Kana decides for Japanese where there is some, as half of a Japanese headline is Han.
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana * 10 > counts["CJK"] + kana:
        counts["HIRAGANA"] = counts["CJK"] + kana
        del counts["CJK"]
    # A headline in Hangul or Han is short beside one Latin name: three letters weigh like one sign.
    for name in ("HANGUL", "CJK", "HIRAGANA"):
        counts[name] *= 3
    name, number = counts.most_common(1)[0]
    return name if number else ""


@lru_cache(maxsize=20_000)
def _script_of(letter: str) -> str:
    if letter < "\u0250":
        return "LATIN"
    name = unicodedata.name(letter, "LATIN").split(maxsplit=1)[0]
    return name if name in _SCRIPTS else "LATIN"


def _fits(script: str, lang: str) -> bool:
    if script == "LATIN":
        return lang not in _NOT_LATIN
    return lang in _SCRIPTS[script].split()


def _by_script(script: str) -> str:
    return _SCRIPTS[script].split()[0] if script in _SCRIPTS else ""
