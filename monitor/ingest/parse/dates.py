"""The date of an item as its feed prints it, read right or not at all.

The rules, where a text leaves something open:

- without a zone it is UTC: a feed that means its own time is then wrong by its offset, and by no more;
- figures like 03/05/2019 are read in the order that all dates of the document allow, that a printed weekday
  confirms, or that is the custom of the feed's language and region (`en` alone has two); else there is no date;
- a wrong weekday beside a clear date is passed over, as feeds get those wrong;
- a date of the future (more than a day ahead) or from before 1990 is none, nor is one that the calendar has not.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from monitor.ingest.parse import date_words, zones
from monitor.ingest.parse.date_words import Words, fold

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(hours=24)
LONGEST: Final = 120  # characters; no date is longer

_ENGLISH: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_ISO: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:t|\s{1,3})(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,12}))?)?)?\s?(?P<rest>.*)"
)
_RFC_822: Final = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\s?,?\s?)?(\d{1,2})[\s-]([a-z]{3})[a-z]{0,6}\.?[\s-](\d{4})\s"
    r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?\s?(?P<rest>.*)"
)
_EPOCH: Final = re.compile(r"(?:/date\()?(\d{10})(?:(\d{3})(\d{3})?|\.\d{1,9})?(?:[+-]\d{4})?(?:\)/)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:t?(\d\d)(\d\d)(\d\d)?)?\s?(?P<rest>(?:z|[+-]\d).*)?")
_CJK_DATE: Final = re.compile(
    r"(?:(令和|平成|民國|民国|中華民國)\s?)?(\d{1,4}|元)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?"
)
_CJK_TIME: Final = re.compile(r"(\d{1,2})\s?[時时시点點](?:\s?(\d{1,2})\s?[分분]?)?(?:\s?(\d{1,2})\s?[秒초])?")
_VIETNAMESE: Final = re.compile(r"(\d{1,2}) tháng (\d{1,2})(?:,| năm)? ?(\d{4})")
_HALF_IN_POINTS: Final = re.compile(r"\b([ap])\.\s?m\b\.?\s?")
_NAMED_TOO: Final = re.compile(r"([+-]\d\d:?\d\d) ?\([^()\d]{1,60}\)$")  # JavaScript: gmt+0100 (central european ...)
_POINT_INSIDE: Final = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_ERAS: Final = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911, "中華民國": 1911}
_CLOCKS: Final = [
    re.compile(r"(?<!\d)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d{1,9})?)?(?!\d|:)"),
    re.compile(r"(?<!\d)(\d{1,2})h(\d{2})(?:m(\d{2})s?)?(?!\d|[a-z])"),
    re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])"),
    re.compile(r"(?<![\d.:/-])(\d{1,2})()()(?=\s?(?:am|pm|a\.m|p\.m)\b)"),
]
_FIGURES: Final = re.compile(r"(?<!\d)(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)\.?")
_WORD: Final = re.compile(r"[^\s\d!-/:-@\[-`{-~。、،؛·•|]+")
_NUMBER: Final = re.compile(r"\d+")


class Clock(NamedTuple):
    """A time of day in figures, and minutes east of UTC."""

    hour: int
    minute: int
    second: int
    east: int = 0


_MIDNIGHT: Final = Clock(0, 0, 0)


class Reader:
    """Reads the dates of one document, which together tell the order of their figures."""

    def __init__(self, texts: Sequence[str], *, tag: str, now: datetime) -> None:
        self._tag = tag
        self._latest = now + AHEAD
        self._orders: dict[str, set[str]] = {}
        self._unknown: set[str] = set()
        for text in texts:
            self._learn(text)

    def read(self, text: str) -> datetime | None:
        """The instant, in UTC; None where the text tells none that can be trusted."""
        plain = _plain(text)
        if not plain or len(plain) > LONGEST:
            return None
        for shape in (_iso, _rfc_822, _epoch, _compact):
            meant = shape(plain, self._tag)
            if meant is not None:
                return self._trusted(meant)
        found = dict(self._in_words(plain))
        return self._trusted(self._choose(plain, found))

    def _trusted(self, meant: datetime | None) -> datetime | None:
        return meant if meant and EARLIEST <= meant <= self._latest else None

    def _learn(self, text: str) -> None:
        """Take from one date of the document which orders of figures it allows."""
        plain = _plain(text)
        figures = _FIGURES.search(plain) if len(plain) <= LONGEST else None
        if not figures or len(figures[1]) == 4:
            return
        possible = {order for order, meant in self._in_words(plain) if self._trusted(meant)}
        if possible:
            layout = _layout(figures)
            self._orders[layout] = self._orders.get(layout, possible) & possible

    def _choose(self, plain: str, found: dict[str, datetime]) -> datetime | None:
        """The one reading, or the one that the document or custom speaks for."""
        trusted = {order: meant for order, meant in found.items() if self._trusted(meant)}
        if len(set(trusted.values())) < 2:
            return next(iter(trusted.values()), None)
        figures = _FIGURES.search(plain)
        if not figures:
            return None
        allowed = self._orders.get(_layout(figures), set())
        shared = {order: meant for order, meant in trusted.items() if order in allowed} or trusted
        if len(shared) == 1:
            return next(iter(shared.values()))
        return shared.get(self._custom())

    def _custom(self) -> str:
        """The order of figures of the feed's language; English without a region has none."""
        if not self._tag or self._tag.lower() == "en":
            return ""
        words = date_words.words(self._tag)
        return words.order if words else ""

    def _in_words(self, plain: str) -> Iterator[tuple[str, datetime]]:
        """All readings of a date in words or figures, by the order of its figures (or by language)."""
        text = _CJK_DATE.sub(_from_cjk, plain)
        text = _CJK_TIME.sub(lambda t: f" {t[1]}:{t[2] or '00'}:{t[3] or '00'} ", text)
        text = _VIETNAMESE.sub(r"\3-\2-\1", text)
        text = _HALF_IN_POINTS.sub(r"\1m ", text)
        text = _POINT_INSIDE.sub("", text)
        year = self._latest.year
        found = False
        for language, words in self._languages(text):
            for order, meant in _readings(text, words, self._tag, year):
                found = True
                yield order or language, meant
            if found and not language:
                return
        if not found and (short := _without_short_words(text, self._known)) != text:
            yield from _readings(short, _together(self._known), self._tag, year)

    @cached_property
    def _known(self) -> list[Words]:
        """The words of the feed's language and of English."""
        return [words for tag in (self._tag, "en") if tag and (words := date_words.words(tag))]

    def _languages(self, text: str) -> Iterator[tuple[str, Words]]:
        """The feed's language and English (named ""), then all that write with such letters."""
        every = _WORD.findall(text)
        strange = [word for word in every if not any(_knows(words, word) for words in self._known)]
        if not strange:
            yield "", _together(self._known)
        first = next(iter([*strange, *every]), "")
        if not first or first in self._unknown:
            return
        is_known = False
        for name in date_words.pool(first):
            words = date_words.words(name)
            if words and all(_knows(words, word) for word in every):
                is_known = True
                yield name, words
        if not is_known:  # forty languages are not asked again for each of a thousand items
            self._unknown.add(first)


def _plain(text: str) -> str:
    """Folded widths, figures of any script as 0-9, one blank between words, small letters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).replace("\u2212", "-")
        text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")  # marks of direction, joiners
    return _NAMED_TOO.sub(r"\1", " ".join(text[: 4 * LONGEST].split()).lower().removesuffix("[utc]"))


def _layout(figures: re.Match[str]) -> str:
    return figures[2] + str(len(figures[4]) == 4)


def instant(year: int, month: int, day: int, clock: Clock) -> datetime | None:
    """The instant, or None where calendar or clock have no such one. 24:00 ends a day, 23:59:60 was (RFC 3339)."""
    hour, minute, second, east = clock
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    if 2500 < year < 2700:  # the Buddhist era, as Thai feeds have it
        year -= 543
    try:
        start = datetime(year, month, day, tzinfo=UTC)
        return start + timedelta(hours=hour, minutes=minute - east, seconds=second)
    except (ValueError, OverflowError):
        return None


_IMPOSSIBLE: Final = datetime(1, 1, 1, tzinfo=UTC)  # a shape that fits with figures that do not: no other is tried


def _iso(text: str, tag: str) -> datetime | None:
    """RFC 3339 and what looks like it."""
    found = _ISO.fullmatch(text)
    if not found:
        return None
    return _with_rest(found, [int(found[n]) for n in (1, 2, 3)], found.group(4, 5, 6), tag)


def _rfc_822(text: str, tag: str) -> datetime | None:
    """RFC 822 and 2822 with a year of four figures and an English month."""
    found = _RFC_822.fullmatch(text)
    if not found or found[2] not in _ENGLISH:
        return None
    return _with_rest(found, [int(found[3]), _ENGLISH[found[2]], int(found[1])], found.group(4, 5, 6), tag)


def _compact(text: str, tag: str) -> datetime | None:
    """ISO 8601 without marks, as 20250930T1219Z; fourteen figures as Korean servers write them."""
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    return _with_rest(found, [int(found[n]) for n in (1, 2, 3)], found.group(4, 5, 6), tag)


def _with_rest(found: re.Match[str], day: list[int], time: Iterable[str | None], tag: str) -> datetime | None:
    """A clear date whose `rest` must be a zone, a half of the day, or nothing; None where it is something else."""
    hour, minute, second = (int(part or 0) for part in time)
    rest = found["rest"] or ""
    half = rest[:2] if rest[:2] in ("am", "pm") else ""
    east = _zone(rest[len(half) :].strip(), tag)
    if east is None:
        return None
    clock = _twelve(Clock(hour, minute, second, east), half)
    return (instant(day[0], day[1], day[2], clock) if clock else None) or _IMPOSSIBLE


def _zone(rest: str, tag: str) -> int | None:
    """Minutes east of UTC, 0 for no zone; None for words that are none. A name behind an offset repeats it."""
    rest = rest.strip(" ()")
    if not rest:
        return 0
    if found := zones.offset(rest, 0):
        east, end = found
        tail = rest[end:].strip(" ()[]")
        return east if not tail or zones.named(tail, 0, tag) or re.fullmatch(r"[a-z]+(?:/[a-z_]+)?", tail) else None
    if found := zones.named(rest, 0, tag):
        east, end = found
        tail = rest[end:].strip(" ()[]")
        return east if not tail or re.fullmatch(r"[a-z]+/[a-z_]+", tail) else None
    return None


def _epoch(text: str, tag: str) -> datetime | None:
    """Seconds, milli- or microseconds since 1970."""
    found = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _from_cjk(found: re.Match[str]) -> str:
    year = 1 if found[2] == "元" else int(found[2])
    return f" {year + _ERAS.get(found[1] or '', 0):04d}-{found[3]}-{found[4]} "


def _twelve(clock: Clock, half: str) -> Clock | None:
    """The hour with its half of the day; feeds write 14:42 PM too."""
    if not half:
        return clock
    hour = clock.hour
    if half == "pm":
        return clock._replace(hour=hour + 12 if hour < 12 else hour)
    return clock._replace(hour=0 if hour == 12 else hour) if hour <= 12 else None


def _is_zone(word: str) -> bool:
    found = zones.named(word, 0, "")
    return bool(found and found[1] == len(word))


def _knows(words: Words, word: str) -> bool:
    folded = fold(word)
    known = folded in words.fillers or folded in words.halves or words.month(folded) or words.day(folded) is not None
    return bool(known) or _is_zone(word)


def _together(known: list[Words]) -> Words:
    """The feed's own words before English ones."""
    first, *others = known or [date_words.words("en") or Words({}, {}, {}, frozenset(), "")]
    for other in others:
        first = Words(
            other.months | first.months,
            other.days | first.days,
            other.halves | first.halves,
            first.fillers | other.fillers,
            first.order,
        )
    return first


def _readings(text: str, words: Words, tag: str, year_now: int) -> Iterator[tuple[str, datetime]]:
    """Each order of figures that gives a date of the calendar; the order is "" where the month is a word."""
    clock, rest = _clock(text, words, tag)
    if clock is None:
        return
    names = [fold(word) for word in _WORD.findall(rest)]
    months, days = _named(names, words)
    if len(set(months)) > 1:  # "mar, 21 may" in English: not its language
        return
    orders = _in_figures(rest, words) if not months else _with_month(rest, months[0])
    for order, (year, month, day) in orders:
        full = year if year > 99 else year + (2000 if year <= year_now % 100 + 1 else 1900)
        meant = instant(full, month, day, clock)
        if meant is None or (order and days and date(full, month, day).weekday() not in days):
            continue
        yield order, meant


def _named(names: list[str], words: Words) -> tuple[list[int], list[int]]:
    """The months and the weekdays among names. `mar` is both in Spanish: a month only where no other name is."""
    months = [words.months[name] for name in names if name in words.months and name not in words.days]
    days = [words.days[name] for name in names if name in words.days]
    for name in names:
        if name in words.months or name in words.days:
            continue
        if (month := words.month(name)) is not None:
            months.append(month)
        elif (day := words.day(name)) is not None:
            days.append(day)
    return months or [words.months[name] for name in names if name in words.months], days


def _clock(text: str, words: Words, tag: str) -> tuple[Clock | None, str]:
    """The time of day and the text without it. No time is midnight; one that no clock shows is None."""
    for pattern in _CLOCKS:
        found = pattern.search(text)
        if found and (pattern is not _CLOCKS[2] or _date_remains(text, found)):
            break
    else:
        return _MIDNIGHT, text
    hour, minute, second = (int(part or 0) for part in found.groups())
    before, after = text[: found.start()], text[found.end() :]
    half, before, after = _half(before, after, words)
    after = after.lstrip(" (,")
    zone = zones.offset(after, 0) or zones.named(after, 0, tag)
    east = zone[0] if zone else 0
    after = after[zone[1] :] if zone else after
    if zone and (again := zones.named(after.lstrip(" ()"), 0, tag)):
        after = after.lstrip(" ()")[again[1] :]
    return _twelve(Clock(hour, minute, second, east), half), f"{before} {after}"


def _date_remains(text: str, found: re.Match[str]) -> bool:
    """A time written 14.30 leaves a date behind; 30.09 of 30.09.2025 does not."""
    rest = text[: found.start()] + " " + text[found.end() :]
    return len(_NUMBER.findall(rest)) >= 2


def _without_short_words(text: str, known: list[Words]) -> str:
    """Without words of one or two letters before the time, where nobody knows them: `um`, `at`, `la`.

    A zone stands behind the time, and a month that nobody knows leaves no date.
    """
    clock = _CLOCKS[0].search(text)
    end = clock.start() if clock else len(text)

    def kept(word: re.Match[str]) -> str:
        return " " if len(word[0]) <= 2 and not any(_knows(words, word[0]) for words in known) else word[0]

    return _WORD.sub(kept, text[:end]) + text[end:]


def _half(before: str, after: str, words: Words) -> tuple[str, str, str]:
    """am or pm, and the text before and after the time without that word."""
    for text, is_before in ((after, False), (before, True)):
        for word in _WORD.finditer(text):
            if half := words.halves.get(fold(word[0])):
                rest = text[: word.start()] + " " + text[word.end() :]
                return (half, rest, after) if is_before else (half, before, rest)
    return "", before, after


def _with_month(rest: str, month: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Day and year beside the name of a month: the year has four figures, or comes last."""
    numbers = _NUMBER.findall(rest)
    if len(numbers) != 2:
        return
    first, last = numbers
    if len(first) == 4:
        first, last = last, first
    if len(first) <= 2 and len(last) in (2, 4):
        yield "", (int(last), month, int(first))


def _in_figures(rest: str, words: Words) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """The orders that three figures can have. Points are for day first, or for the year where that is custom."""
    found = _FIGURES.search(rest)
    if not found or _NUMBER.search(rest[: found.start()] + " " + rest[found.end() :]):
        return
    first, last = found[1], found[4]
    a, b, c = int(first), int(found[3]), int(last)
    if len(first) == 4:
        yield "", (a, b, c)
    if len(first) > 2:
        return
    if len(last) in (2, 4):
        yield "dmy", (c, b, a)
        if found[2] != ".":
            yield "mdy", (c, a, b)
    if len(last) <= 2 and (found[2] != "." or words.order.startswith("y")):
        yield "ymd", (a, b, c)
