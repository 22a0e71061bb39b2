"""What a feed says of its own rhythm: ttl, sy:updatePeriod, skipHours, skipDays."""

import re
from typing import Final, NamedTuple

_FIRST_ENTRY: Final = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]")
_TTL: Final = re.compile(r"<ttl>\s{0,99}(\d{1,6})\s{0,99}</ttl>", re.IGNORECASE)
# DW writes updateFequency, under a namespace that is misspelt too: the prefix is not looked at.
_PERIOD: Final = re.compile(r"<(?:\w{1,20}:)?updatePeriod[^>]{0,99}>\s{0,99}(\w{1,20})")
_FREQUENCY: Final = re.compile(r"<(?:\w{1,20}:)?updateFr?equency[^>]{0,99}>\s{0,99}(\d{1,6})")
_HOUR: Final = re.compile(r"<hour>\s{0,99}(\d{1,2})\s{0,99}</hour>", re.IGNORECASE)
_DAY: Final = re.compile(r"<day>\s{0,99}(\w{3,9})\s{0,99}</day>", re.IGNORECASE)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS: Final = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 7 * 86_400,
    "monthly": 30 * 86_400,
    "yearly": 365 * 86_400,
}
_HEAD: Final = 20_000


class Hints(NamedTuple):
    """Seconds, hours in UTC, days with Monday as 0."""

    ttl: int | None
    update_period: int | None
    skip_hours: tuple[int, ...]
    skip_days: tuple[int, ...]


def read(text: str) -> Hints:
    """From the part of the document before its first entry."""
    first = _FIRST_ENTRY.search(text)
    head = text[: min(first.start() if first else len(text), _HEAD)]
    ttl = _TTL.search(head)
    period = _PERIOD.search(head)
    frequency = _FREQUENCY.search(head)
    seconds = None
    if period or frequency:  # the default is once a day (web.resource.org/rss/1.0/modules/syndication)
        whole = _PERIODS.get(period[1].lower() if period else "daily", 86_400)
        seconds = whole // max(int(frequency[1]) if frequency else 1, 1)
    days = (_DAYS.index(name) for day in _DAY.findall(head) if (name := day[:3].lower()) in _DAYS)
    return Hints(
        ttl=int(ttl[1]) * 60 if ttl and int(ttl[1]) else None,
        update_period=seconds or None,
        skip_hours=tuple(sorted({int(hour) % 24 for hour in _HOUR.findall(head) if int(hour) <= 24})),
        skip_days=tuple(sorted(set(days))),
    )
