"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from typing import Any, Final

import msgspec

from monitor.ingest.document import Trouble, Unreadable
from monitor.ingest.parse.raw import RawEntry, RawFeed, published, updated

_MARK: Final = "jsonfeed.org"


def read(text: str) -> RawFeed | Unreadable:
    """The document. Fields of the wrong type are passed over, one by one: a bad one costs no item."""
    try:
        feed = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError) as fault:
        if _MARK in text[:2000]:
            return Unreadable(Trouble.MALFORMED, f"a JSON Feed that is not well-formed: {fault}")
        return Unreadable(Trouble.NOT_A_FEED, "neither XML nor JSON")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(feed, dict) or not isinstance(items, list) or _MARK not in str(feed.get("version", _MARK)):
        return Unreadable(Trouble.NOT_A_FEED, "JSON, but not a JSON Feed")
    return RawFeed(
        format="json-feed",
        parser="fast",
        title=_text(feed, "title"),
        link=_text(feed, "home_page_url"),
        lang=_text(feed, "language"),
        base=_text(feed, "feed_url"),
        entries=[_entry(item) for item in items if isinstance(item, dict)],
    )


def _entry(item: dict[str, Any]) -> RawEntry:
    link = _text(item, "url") or _text(item, "external_url")
    entry = RawEntry(
        guid=_text(item, "id") or link,
        link=link,
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        lang=_text(item, "language"),
    )
    if date := _text(item, "date_published"):
        entry.dates.append(published(date))
    if date := _text(item, "date_modified"):
        entry.dates.append(updated(date))
    return entry


def _text(mapping: dict[str, Any], key: str) -> str:
    """A string, or a number (ids were numbers before 1.1)."""
    value = mapping.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
