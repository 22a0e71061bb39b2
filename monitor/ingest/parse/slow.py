"""Everything that is not of the fast form, read by feedparser with what is dangerous in it switched off."""

import io
import re
from typing import Any, Final

import feedparser
import feedparser.api

from monitor.ingest.parse.raw import RawEntry, RawFeed, published, updated

# Its first choice is libxml2's own SAX driver where that is installed, which opens what a DOCTYPE names
# (kurtmckee/feedparser issue 107); without it the standard library's expat is used.
feedparser.api.PREFERRED_XML_PARSERS = []

_FORMATS: Final = {
    "rss10": "rss-1.0",
    "rss20": "rss-2.0",
    "rss": "rss-2.0",
    "atom10": "atom-1.0",
    "atom": "atom-1.0",
    "atom03": "atom-0.3",
    "atom02": "atom-0.3",
    "atom01": "atom-0.3",
}
_OF_MEDIA: Final = re.compile(
    r"xmlns:([\w.-]{1,40})\s{0,9}=\s{0,9}[\"'](?:https?://search\.yahoo\.com/mrss/?|http://www\.itunes\.com/dtds/[^\"']{1,40})[\"']",
    re.IGNORECASE,
)
_PREFIXED_ENTRY: Final = re.compile(r"<([\w.-]{1,40}):(?:item|entry)[\s>]")


class Broken(ValueError):
    """feedparser itself fell over the document."""


def read(text: str) -> RawFeed:
    """The document, whose text starts at its root; with no entries where feedparser finds none. Raises `Broken`."""
    feed = _read(text)
    if not feed.entries and (prefix := _PREFIXED_ENTRY.search(text)):
        # Elements under a prefix that no one declared: seen in the wild as <rss:item>.
        feed = _read(re.sub(rf"(</?){re.escape(prefix[1])}:", r"\1", text))
    return feed


def _read(text: str) -> RawFeed:
    """feedparser must be handed a stream: text or bytes that spell a path or a URL it opens."""
    try:
        result = feedparser.parse(
            io.BytesIO(_without_media_texts(text).encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError) as fault:
        # Found by feeding it broken documents: end tags without their start (georss, categories), odd attributes.
        raise Broken(repr(fault)) from fault
    version = result.get("version") or ""
    head = result.feed
    feed = RawFeed(
        format=_FORMATS.get(version, "rss-0.9x" if version.startswith("rss") else "rss-2.0"),
        parser="feedparser",
        title=_text(head, "title"),
        link=_text(head, "link"),
        lang=_text(head, "language"),
    )
    feed.entries = [_entry(entry, is_rss=not feed.format.startswith("atom")) for entry in result.entries]
    return feed


def _without_media_texts(text: str) -> str:
    """Titles and descriptions of pictures and podcasts under another name: feedparser takes them for the item's."""
    for prefix in {found[1] for found in _OF_MEDIA.finditer(text, 0, 20_000)}:
        text = re.sub(
            rf"<(/?){re.escape(prefix)}:(title|description|summary|subtitle)(?:\s[^<>]*+)?+(?<!/)>",
            rf"<\1{prefix}:of_\2>",
            text,
        )
    return text


def _entry(entry: Any, *, is_rss: bool) -> RawEntry:
    content = next((value for part in entry.get("content", ()) if (value := str(part.get("value") or "").strip())), "")
    summary = _text(entry, "summary")
    raw = RawEntry(
        guid=_text(entry, "id"),
        guid_is_link=bool(is_rss and dict.get(entry, "guidislink")),
        link=_link(entry),
        title=_text(entry, "title"),
        summary="" if summary == content else summary,  # copied where there is none
        content=content,
        lang=_text(entry, "language") or _text(dict.get(entry, "title_detail") or {}, "language"),
    )
    raw.title = raw.title or _text(entry, "media_of_title") or _text(entry, "itunes_of_title")
    if not raw.summary:
        raw.summary = _text(entry, "media_of_description") or _text(entry, "itunes_of_summary")
    if not raw.content:  # a vocabulary that feedparser does not know keeps the document's prefix
        raw.content = next((_text(entry, key) for key in entry if str(key).endswith("_full-text")), "")
    raw.dates = [(published(t)) for key in ("published", "created") if (t := _text(entry, key))]
    if t := _text(entry, "updated"):
        # dc:date comes as "updated": in RSS there is nothing else that it could be but the date of the item.
        raw.dates.append(published(t) if is_rss else updated(t))
    source = dict.get(entry, "source") or {}
    raw.publisher = _text(source, "title")
    raw.publisher_url = _text(source, "href") or _text(source, "link")
    return raw


def _link(entry: Any) -> str:
    for link in dict.get(entry, "links") or ():
        if link.get("rel", "alternate") == "alternate" and (href := str(link.get("href") or "").strip()):
            return href
    link = _text(entry, "link")
    return "" if link == _text(entry, "id") else link  # a guid in its place is ours to judge


def _text(mapping: Any, key: str) -> str:
    """As the document has it: `get` of feedparser's dict falls back from one date to another."""
    value = dict.get(mapping, key)
    return value.strip() if isinstance(value, str) else ""
