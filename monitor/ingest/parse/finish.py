"""From what a parser read to what the document says: texts cleaned, links made whole, dates and language read."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import msgspec

from monitor.ingest.document import Document, Entry
from monitor.ingest.parse import dates, language, text
from monitor.ingest.parse.hints import Hints
from monitor.ingest.parse.raw import RawEntry, RawFeed
from monitor.message.item import DateSource

_WHOLE = re.compile(r"https?://[^\s/?#\[\]@:]+(?:[/?#]\S*)?")
_MADE_TITLE = 120  # characters of the first paragraph that stand for a title that is not there


def finish(feed: RawFeed, hints: Hints, *, charset: str, url: str, now: datetime) -> Document:
    """The document of a feed as read. An entry that says nothing at all (`<item/>`) is none."""
    lang = language.declared(feed.lang)
    site = absolute(feed.link, [feed.base, url])
    bases = [feed.base, url, site]
    reader = dates.Reader([shown for entry in feed.entries for _, shown in entry.dates], tag=feed.lang, now=now)
    entries = [_entry(entry, bases, reader) for entry in feed.entries]
    # Where the feed declares none, all its items together tell a language that one short title does not.
    usual = lang or language.of(" ".join(f"{entry.title}. {entry.summary[:200]}" for entry in entries[:20]), "")
    entries = [msgspec.structs.replace(entry, lang=_language(entry, usual)) for entry in entries]
    return Document(
        format=feed.format,
        parser=feed.parser,
        encoding=charset,
        title=text.title(feed.title),
        link=site,
        lang=lang,
        ttl=hints.ttl,
        update_period=hints.update_period,
        skip_hours=hints.skip_hours,
        skip_days=hints.skip_days,
        entries=tuple(entry for entry in entries if entry.guid or entry.link or entry.title),
        partial=feed.partial,
    )


def _language(entry: Entry, usual: str) -> str:
    return language.of(f"{entry.title}. {entry.summary or entry.content}", entry.lang or usual)


def _entry(raw: RawEntry, bases: Sequence[str], reader: dates.Reader) -> Entry:
    title = text.title(raw.title)
    summary = text.line(raw.summary) if raw.summary != raw.content else ""
    content = text.paragraphs(raw.content)
    if not title:
        title = text.cut(summary or content.partition("\n")[0], _MADE_TITLE)
    published, shown, source = _date(raw, reader)
    # "isPermaLink" is the default, so of a number it means nothing.
    link = raw.link or (raw.guid if raw.guid_is_link and raw.guid.startswith(("http://", "https://")) else "")
    return Entry(
        guid=raw.guid,
        link=absolute(link, [raw.base, *bases]),
        title=title,
        summary=summary,
        content=content,
        lang=language.declared(raw.lang),
        published=published,
        published_text=shown,
        date_source=source,
        publisher=text.title(raw.publisher),
        publisher_url=absolute(raw.publisher_url, bases),
    )


def _date(raw: RawEntry, reader: dates.Reader) -> tuple[datetime | None, str, DateSource]:
    """The best date that can be read, the text that it was read from, and which date it is."""
    for source, shown in raw.dates:
        if when := reader.read(shown):
            return when, shown, source
    return None, raw.dates[0][1] if raw.dates else "", DateSource.FIRST_SEEN


def absolute(link: str, bases: Sequence[str]) -> str:
    """An http or https address, taken from the first base that makes it one; "" where none does."""
    link = re.sub(r"[\r\n\t]+", "", link.strip()).replace(" ", "%20").replace("&amp;", "&")
    if not link or _WHOLE.fullmatch(link):
        return link
    for base in ["", *bases]:
        try:
            whole = urljoin(base, link)
            parts = urlsplit(whole)
        except ValueError:  # a bracket that is no address of IPv6
            continue
        if parts.scheme in ("http", "https") and parts.netloc:
            return whole
        if parts.scheme and "://" in link:
            return ""
    return ""
