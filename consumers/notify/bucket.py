"""A token bucket for each destination, so that none is sent more than it takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from consumers.notify.state import Desk


@dataclass(frozen=True, slots=True)
class Rate:
    """`a_second` messages on average, `burst` at once."""

    a_second: float
    burst: int = 1


def tokens(desk: Desk, rate: Rate, now: datetime) -> float:
    """What is in the bucket now. After the clock went back it is full: better one burst than an hour of silence."""
    if desk.tokens_at is None or desk.tokens_at > now:
        return float(rate.burst)
    grown = (now - desk.tokens_at).total_seconds() * rate.a_second
    return min(desk.tokens + grown, float(rate.burst))


def next_token(desk: Desk, rate: Rate, now: datetime) -> datetime:
    """When there is a whole token."""
    missing = 1.0 - tokens(desk, rate, now)
    # a tenth of a millisecond more, so that rounding never wakes us just before
    return now if missing <= 0 else now + timedelta(seconds=missing / rate.a_second + 0.0001)
