"""When to try again: our own schedule, and what a destination asked for."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.message.kind import Level

SCHEDULE = (5.0, 30.0, 120.0, 600.0, 1800.0, 7200.0, 21600.0, 43200.0, 86400.0)  # seconds; the first try is at once
SPREAD = 0.1  # of a delay, by hash
AGE_LIMITS = {  # after which a failing delivery is given up
    Level.INFO: timedelta(hours=6),
    Level.LOW: timedelta(hours=12),
    Level.MEDIUM: timedelta(hours=24),
    Level.HIGH: timedelta(hours=48),
    Level.CRITICAL: timedelta(hours=72),
}
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 3600.0  # seconds: the clamp on Retry-After


def spread(text: str) -> float:
    """A number from 0 to 1 that is always the same for this text."""
    return zlib.crc32(text.encode("utf-8", "replace")) / 0xFFFFFFFF


def delay(tries: int, key: str, schedule: Sequence[float] = SCHEDULE) -> timedelta:
    """How long to wait after the try number `tries`, counted from 1; the last delay of the schedule goes on."""
    seconds = schedule[min(tries, len(schedule)) - 1]
    return timedelta(seconds=seconds * (1 + SPREAD * spread(f"{key}:{tries}")))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that a `Retry-After` header asks for, unclamped; None where there is none that makes sense.

    RFC 9110 10.2.3: whole seconds or a date; Discord sends decimals. A date is counted from the `Date` of the same
    reply, so that a clock that is wrong on either side does no harm.
    """
    given = headers.get("retry-after", "").strip()
    if not given:
        return None
    try:
        seconds = float(given)
    except ValueError:
        until = _date(given)
        seconds = (until - (_date(headers.get("date", "")) or now)).total_seconds() if until else -1.0
    return seconds if 0 <= seconds < float("inf") else None


def clamped(seconds: float, key: str) -> timedelta:
    """A wait that was asked for, within our limits, with up to a second more by hash."""
    return timedelta(seconds=min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT) + spread(key))


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
