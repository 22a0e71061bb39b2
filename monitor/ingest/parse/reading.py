"""A body to a document: inflate, decode, sniff, then the fast path, then what can be mended, then feedparser."""

from datetime import datetime
from typing import Final

from monitor.ingest.body import Damaged, Inflater, TooLarge
from monitor.ingest.document import Document, Trouble, Unreadable
from monitor.ingest.parse import MAX_BODY, entities, fast, hints, json_feed, salvage, slow
from monitor.ingest.parse.charset import decode
from monitor.ingest.parse.finish import finish
from monitor.ingest.parse.raw import RawFeed
from monitor.ingest.parse.sniff import Json, Xml, binary, sniff

_GZIP: Final = b"\x1f\x8b"
_LAYERS: Final = 2  # a server that compresses what is compressed already


def read(body: bytes, *, content_type: str, url: str, now: datetime) -> Document | Unreadable:
    """What a body says. Nothing is opened, and no fault of the body's raises."""
    for _ in range(_LAYERS):
        if not body.startswith(_GZIP):
            break
        inflated = _inflated(body)
        if isinstance(inflated, Unreadable):
            return inflated
        body = inflated
    if len(body) > MAX_BODY:
        return Unreadable(Trouble.TOO_LARGE, f"{len(body)} bytes; {MAX_BODY} are read at most")
    if not body.strip(b" \t\r\n\x00"):
        return Unreadable(Trouble.EMPTY_BODY, "the body is empty")
    if other := binary(body):
        return other
    text, charset = decode(body, content_type)
    found = sniff(text)
    if isinstance(found, Unreadable):
        return found
    feed = json_feed.read(found.text) if isinstance(found, Json) else feed_of(found)
    if isinstance(feed, Unreadable):
        return feed
    return finish(feed, hints.read(found.text), charset=charset, url=url, now=now)


def _inflated(body: bytes) -> bytes | Unreadable:
    """The body of a server that compresses twice or does not say so, or of a file; what there is of a cut one."""
    inflater = Inflater("gzip", MAX_BODY)
    try:
        inflater.feed(body)
    except TooLarge:
        return Unreadable(Trouble.TOO_LARGE, f"inflates to more than {MAX_BODY} bytes")
    except Damaged as fault:
        if not inflater.body:
            return Unreadable(Trouble.UNSUPPORTED_ENCODING, f"gzip that is broken: {fault}")
    return inflater.body


def feed_of(found: Xml) -> RawFeed | Unreadable:
    """The feed in an XML document: by the fast path, by it again once mended and closed, or by feedparser."""
    try:
        text = entities.expand(found.text, found.subset)
        try:
            return fast.read(text)
        except fast.NotThisForm:
            return _mended(text, found.root)
    except entities.Bomb as fault:
        return Unreadable(Trouble.MALFORMED, str(fault))
    except fast.TooDeep as fault:
        return Unreadable(Trouble.MALFORMED, str(fault))


def _mended(text: str, root: str) -> RawFeed | Unreadable:
    mended = salvage.closed(entities.mended(entities.legal(text)))
    is_cut = salvage.is_cut(mended)
    mended = salvage.whole_entries(mended) if is_cut else salvage.without_tail(mended)
    if not mended:
        return Unreadable(Trouble.MALFORMED, f"cut before its first entry ended; it begins <{root}>")
    try:
        feed = fast.read(mended)
    except fast.NotThisForm:
        feed = _loosely(mended)
    feed.partial = feed.partial or is_cut
    if not _says(feed) and ("<item" in mended or "<entry" in mended):
        return Unreadable(Trouble.MALFORMED, "it has entries, none of which could be read")
    return feed


def _loosely(text: str) -> RawFeed:
    """By feedparser; where that falls over it or finds nothing, what libxml2 can recover, which may be a part."""
    try:
        feed = slow.read(text)
    except slow.Broken:
        feed = RawFeed(format="rss-2.0", parser="fast")
    if _says(feed) or not ("<item" in text or "<entry" in text):
        return feed
    try:
        recovered = fast.read(text, recover=True)
    except fast.NotThisForm:
        return feed
    recovered.partial = True
    return recovered if _says(recovered) else feed


def _says(feed: RawFeed) -> bool:
    """Some entry has something to it: `<item/>` has not."""
    return any(one.guid or one.link or one.title or one.summary or one.content for one in feed.entries)
