"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

import json
import re
from typing import Any, Final

import msgspec

from monitor.ingest.document import Trouble, Unreadable
from monitor.ingest.parse.raw import RawEntry, RawFeed, published, updated

_MARK: Final = "jsonfeed.org"
_LOOSE: Final = json.JSONDecoder(strict=False)
_BLANK: Final = re.compile(r"\s*")
_BETWEEN: Final = re.compile(r"[\s,]*")
_ITEMS: Final = re.compile(r"\"items\"\s*:\s*\[")


def read(text: str) -> RawFeed | Unreadable:
    """The document. Fields of the wrong type are passed over, one by one: a bad one costs no item."""
    feed, partial = _decoded(text)
    if feed is None and _MARK in text[:2000]:
        return Unreadable(Trouble.MALFORMED, "a JSON Feed that is not well-formed, without a whole item")
    if feed is None:
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
        partial=partial,
    )


def _decoded(text: str) -> tuple[Any, bool]:
    """The value and whether a part of it is missing; None where there is none.

    What strict JSON refuses and servers send: NaN, bare control characters, half a surrogate pair, a trailing comma,
    a comment of the cache after the end, an end that is missing.
    """
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace")), False
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return _LOOSE.raw_decode(text, _BLANK.match(text).end())[0], False  # type: ignore[union-attr]  # it always matches
    except (ValueError, RecursionError):
        return _item_by_item(text) if _MARK in text[:2000] else (None, False)


def _item_by_item(text: str) -> tuple[Any, bool]:
    opening = _ITEMS.search(text)
    if opening is None:
        return None, False
    items: list[Any] = []
    at = opening.end()
    try:
        feed = _LOOSE.decode(text[: opening.end()] + "]}")
        while not text.startswith("]", at := _BETWEEN.match(text, at).end()):  # type: ignore[union-attr]  # it always matches
            item, at = _LOOSE.raw_decode(text, at)
            items.append(item)
    except (ValueError, RecursionError):
        if not items:
            return None, False
        return {**feed, "items": items}, True
    return {**feed, "items": items}, False


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
