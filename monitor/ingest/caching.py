"""What a server says of when to come back: Cache-Control, Expires, Retry-After."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

Seconds = int


def fresh_for(headers: Mapping[str, str], now: datetime) -> Seconds:
    """How long the answer stays fresh (RFC 9111, 4.2): max-age, else Expires, less the Age it had; else 0.

    `no-cache` and its like are no invitation to come sooner, and count as nothing said.
    """
    directives = dict(_directive(part) for part in headers.get("cache-control", "").split(","))
    if "no-cache" in directives or "no-store" in directives:
        return 0
    max_age = _number(directives.get("max-age", ""))
    if max_age is None and (expires := _date(headers.get("expires", ""), now)):
        max_age = int((expires - (_date(headers.get("date", ""), now) or now)).total_seconds())
    return max((max_age or 0) - (_number(headers.get("age", "")) or 0), 0)


def retry_after(headers: Mapping[str, str], now: datetime) -> Seconds | None:
    """Seconds to wait as Retry-After says, a number or a date; None where it says nothing that can be read."""
    said = headers.get("retry-after", "").strip()
    seconds = _number(said)
    if seconds is not None:
        return seconds
    at = _date(said, now)
    return max(int((at - now).total_seconds()), 0) if at else None


def _directive(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name.strip().lower(), value.strip().strip('"')


def _number(text: str) -> int | None:
    text = text.strip()
    return min(int(text[:12]), 10**10) if text.isascii() and text.isdigit() else None


def _date(text: str, now: datetime) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    return at if abs(at - now) < timedelta(days=3650) else None
