"""When the act was: what a sentence says of dates, against the day of the item."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from consumers.classify.lexicon import Word
from consumers.classify.rules import Times

YEAR, MONTH = 365, 30
RECENT = 14  # days; what is older belongs to an earlier episode


@dataclass(frozen=True, slots=True)
class Stated:
    """A time named at a word of the sentence: the last day that it can mean."""

    place: int
    day: date
    exact: bool
    end: int = 0  # the word behind it

    def is_past(self, today: date) -> bool:
        """Whether it lies further back than one episode."""
        return (today - self.day).days > RECENT


def stated(words: Sequence[Word], today: date, times: Times, last: date | None = None) -> list[Stated]:
    """The times that a sentence names; `last` is the day that the item named before, for "the same day"."""
    found: list[Stated] = []
    place = 0
    while place < len(words):
        word = words[place]
        made = None
        if word.text.isdigit() or word.entry is not None:
            made = (
                _year(words, place, today, times)
                or _date(words, place, today, times)
                or _ago(words, place, today, times)
                or _same(words, place, last, times)
                or _numbered_month(words, place, today, times)
            )
        if made is not None:
            found.append(replace(made[0], end=made[1]))
            last, place = made[0].day, made[1]
        else:
            place += 1
    return found


def _year(words: Sequence[Word], place: int, today: date, times: Times) -> tuple[Stated, int] | None:
    text = words[place].text
    if not (text.isdigit() and len(text) == 4 and "1900" <= text <= "2100"):
        return None
    year = int(text)
    marked = _unit_after(words, place, times) == YEAR
    if year > today.year or not (marked or _introduced(words, place, times)):
        return None
    if marked and (month := _numbered_month(words, place + 2, today, times, year)) is not None:
        return Stated(place, month[0].day, month[0].exact), month[1]
    return Stated(place, min(date(year, 12, 31), today), False), place + 1


def _unit_after(words: Sequence[Word], place: int, times: Times) -> int:
    """The days of the unit that stands behind a number, as the sign for "year" does; 0 for none."""
    return times.units.get(words[place + 1].text, 0) if place + 1 < len(words) else 0


def _numbered_month(
    words: Sequence[Word], place: int, today: date, times: Times, year: int | None = None
) -> tuple[Stated, int] | None:
    """A month by its number, and the day where one follows, in languages that have a sign for each."""
    if place >= len(words) or not words[place].text.isdigit() or _unit_after(words, place, times) != MONTH:
        return None
    month, end, day = int(words[place].text), place + 2, None
    if end < len(words) and words[end].text.isdigit() and _unit_after(words, end, times) == 1:
        day, end = int(words[end].text), end + 2
    made = _latest(month, day, year, today) if 1 <= month <= 12 else None
    return (Stated(place, min(made, today), day is not None), end) if made else None


def _introduced(words: Sequence[Word], place: int, times: Times) -> bool:
    return place > 0 and words[place - 1].text in times.dated


def _date(words: Sequence[Word], place: int, today: date, times: Times) -> tuple[Stated, int] | None:
    """ "3 March", "March 3, 2020", "in March", "on Friday"."""
    text = words[place].text.lower()
    if text in times.weekdays:
        back = (today.weekday() - times.weekdays[text]) % 7
        return Stated(place, today - timedelta(days=back), True), place + 1
    month = times.months.get(text)
    if month is None or not words[place].capital:
        return None
    end, day = place + 1, None
    if end < len(words) and words[end].text == ".":
        end += 1
    if end < len(words) and words[end].text.isdigit() and int(words[end].text) <= 31:
        day, end = int(words[end].text), end + 1
    elif place and words[place - 1].text.isdigit() and 0 < int(words[place - 1].text) <= 31:
        day = int(words[place - 1].text)
    after = end + 1 if end < len(words) and words[end].text == "," else end
    year = None
    if after < len(words) and words[after].text.isdigit() and len(words[after].text) == 4:
        year, end = int(words[after].text), after + 1
    if day is None and year is None and not _introduced(words, place, times):
        return None
    made = _latest(month, day, year, today)
    return (Stated(place, made, day is not None), end) if made else None


def _latest(month: int, day: int | None, year: int | None, today: date) -> date | None:
    """The last day that "month day year" can mean, in the past where the year is open."""
    chosen = year if year is not None else today.year
    if not 1900 <= chosen <= 2100:
        return None
    try:
        if day is not None:
            made = date(chosen, month, day)
        else:
            made = date(chosen + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return None
    if year is None and made > today + timedelta(days=60):
        return _latest(month, day, today.year - 1, today)
    return made


def _ago(words: Sequence[Word], place: int, today: date, times: Times) -> tuple[Stated, int] | None:
    """ "last year", "two months ago"."""
    text = words[place].text.lower()
    if text in times.ahead:
        return Stated(place, today + timedelta(days=1), False), place + 1
    days = times.ago.get(text)
    if days is not None:
        return Stated(place, today - timedelta(days=days), days < RECENT), place + 1
    if text in times.back and place >= 1:
        unit = times.units.get(words[place - 1].text.lower())
        if unit is not None:
            count = int(words[place - 2].text) if place > 1 and words[place - 2].text.isdigit() else 1
            days = min(unit * max(count, 1), 36500)
            return Stated(place, today - timedelta(days=days), False), place + 1
    return None


def _same(words: Sequence[Word], place: int, last: date | None, times: Times) -> tuple[Stated, int] | None:
    """ "the same day", "a day later": about the day that was named before."""
    if last is None or words[place].text.lower() not in times.same:
        return None
    return Stated(place, last, False), place + 1
