"""Names of months, days and halves of the day in many languages, as CLDR has them."""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from babel import Locale, UnknownLocaleError, localedata

# Languages of news, by script: those that are asked when the feed does not say which one its dates are in.
_POOLS: Final = {
    "LATIN": ("es pt it fr de nl pl tr id sv da nb fi cs sk hu ro hr sl et lv lt sq vi ca eu gl ms az uz sw af is"),
    "CYRILLIC": "ru uk be bg mk sr kk ky mn tg",
    "ARABIC": "ar ar_DZ ar_IQ ar_MA fa ur ps",
    "GREEK": "el",
    "HEBREW": "he",
    "HANGUL": "ko",
    "CJK": "zh zh_Hant ja",
    "HIRAGANA": "ja",
    "THAI": "th",
    "DEVANAGARI": "hi mr ne",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GUJARATI": "gu",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "ETHIOPIC": "am",
}
_ORDINALS: Final = frozenset(
    ["st", "nd", "rd", "th", "er", "re", "o", "a", "\u0433\u043e", "h", "hrs", "hs", "hr", "uhr", "klo", "kl"]
)
_APOSTROPHES: Final = ".'\u2019\u02bc\u200c"
_QUOTED: Final = re.compile(r"'([^']+)'")
_BEFORE_MONTH: Final = re.compile(r"'?([^\W\d_a-zA-Z]+)'?MMM")  # Hebrew writes its "in" before the month's name
_LETTER_RUN: Final = re.compile(r"[^\W\d_]+")


class Words(NamedTuple):
    """The words of one language, folded; `order` is how it writes a date in figures, as `dmy`."""

    months: dict[str, int]
    days: dict[str, int]  # Monday is 0
    halves: dict[str, str]  # am or pm
    fillers: frozenset[str]
    order: str

    def month(self, word: str) -> int | None:
        return _named(self.months, word, 3)

    def day(self, word: str) -> int | None:
        return _named(self.days, word, 2)


def _named(names: dict[str, int], word: str, least: int) -> int | None:
    """By its name or by a beginning of it that no other has: feeds shorten otherwise than CLDR (`сен`, `sept`)."""
    if (known := names.get(word)) is not None:
        return known
    if len(word) < least:
        return None
    meant = {number for name, number in names.items() if len(name) > 2 and (name.startswith(word))}
    return meant.pop() if len(meant) == 1 else None


def fold(word: str) -> str:
    """Without case, accents and points, so that `Févr.` is `fevr`."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in parts if not (unicodedata.combining(c) and c < "\u0900") and c not in _APOSTROPHES)


def pool(word: str) -> list[str]:
    """The languages that may have written this word, by its script."""
    script = unicodedata.name(word[0], "LATIN").split(maxsplit=1)[0]
    return _POOLS.get(script, _POOLS["LATIN"]).split()


@lru_cache(maxsize=128)
def words(tag: str) -> Words | None:
    """The words of a language tag (`pt-BR`, `zh_Hant`); None where CLDR has none."""
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        primary = re.split(r"[-_]", tag)[0]
        return words(primary) if primary != tag and primary else None
    months, days = _months(locale), _days(locale)
    # What all names have, as "feira" and "de", tells none of them.
    tables = _widths(locale.days, ("wide",)) + _widths(locale.months, ("wide", "abbreviated"))
    shared = {part for table in tables for _, name in table for part in _parts(fold(name))}
    fillers = _fillers(locale) | (shared - days.keys() - months.keys())
    found = Words(months, days, _halves(locale), fillers, order(locale))
    # Babel keeps every locale that it has read, a megabyte each; forty are read to know one Romanian month.
    localedata._cache.clear()
    return found


def _months(locale: Locale) -> dict[str, int]:
    prefixes = {"", *(found for f in locale.date_formats.values() for found in _BEFORE_MONTH.findall(str(f.pattern)))}
    tables = _widths(locale.months, ("wide", "abbreviated"))
    return _distinct((fold(before + name), number) for table in tables for number, name in table for before in prefixes)


def _days(locale: Locale) -> dict[str, int]:
    widths = (
        ("wide", "abbreviated", "short", "narrow")
        if locale.language in ("ja", "ko")
        else ("wide", "abbreviated", "short")
    )
    named = ((name, number) for width in _widths(locale.days, widths) for number, name in width)
    return _distinct((fold(name), number) for name, number in named)


def _widths(names: object, widths: tuple[str, ...]) -> list[list[tuple[int, str]]]:
    found = []
    for context in ("format", "stand-alone"):
        for width in widths:
            table = names[context].get(width)  # type: ignore[index]  # Babel types its tables as bare mappings
            if table:
                found.append([(int(key), str(value)) for key, value in table.items()])
    return found


def _distinct(pairs: object) -> dict[str, int]:
    """Each name with what it means, those that mean two things left out."""
    meanings: dict[str, set[int]] = {}
    for name, number in pairs:  # type: ignore[attr-defined]  # an iterable of pairs
        for part in {name, name.replace(" ", ""), *_parts(name)}:
            meanings.setdefault(part, set()).add(number)
    return {name: numbers.pop() for name, numbers in meanings.items() if len(numbers) == 1 and not name.isdigit()}


def _parts(name: str) -> list[str]:
    """The words of a name of several, as `terca-feira`."""
    return re.split(r"[-\s]", name)


def _halves(locale: Locale) -> dict[str, str]:
    halves = {"am": "am", "pm": "pm"}
    for context in ("format", "stand-alone"):
        for table in locale.day_periods.get(context, {}).values():
            for key, name in table.items():
                half = "am" if key in ("am", "morning1", "morning2", "night1") else "pm"
                if key not in ("midnight", "noon") and not (key == "night1" and locale.language != "zh"):
                    halves.setdefault(fold(str(name)).replace(" ", ""), half)
    return halves


def _fillers(locale: Locale) -> frozenset[str]:
    """What stands between the figures: `de`, `um`."""
    patterns = [str(f.pattern) for f in locale.date_formats.values()]
    patterns += [str(f.pattern) for f in locale.time_formats.values()]
    patterns += [str(getattr(f, "pattern", f)) for f in locale.datetime_formats.values()]
    quoted = " ".join(part for pattern in patterns for part in _QUOTED.findall(pattern))
    return _ORDINALS | frozenset(fold(word) for word in _LETTER_RUN.findall(quoted))


def order(locale: Locale) -> str:
    pattern = str(locale.date_formats["short"].pattern)
    places = sorted((place, letter.lower()) for letter in "dMy" if (place := pattern.find(letter)) >= 0)
    return "".join(letter for _, letter in places)
