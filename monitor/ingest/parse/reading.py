"""A body to a document: inflate, decode, sniff, then the fast path, then feedparser, then what can be saved."""

from datetime import datetime
from typing import Final

from monitor.ingest.document import Document, Trouble, Unreadable
from monitor.ingest.parse import entities, fast, hints, inflate, json_feed, salvage, slow
from monitor.ingest.parse.charset import decode
from monitor.ingest.parse.finish import finish
from monitor.ingest.parse.raw import RawFeed
from monitor.ingest.parse.sniff import Json, Xml, binary, sniff

MAX_BODY: Final = 10 * 1024 * 1024


def read(body: bytes, *, content_type: str, url: str, now: datetime) -> Document | Unreadable:
    """What a body says. Nothing is opened, and no fault of the body's raises."""
    if body.startswith(inflate.GZIP):  # a server that compresses twice, or says nothing of it
        try:
            body = inflate.gunzip(body, MAX_BODY)
        except inflate.TooLarge as fault:
            return Unreadable(Trouble.TOO_LARGE, str(fault))
        except inflate.Broken as fault:
            return Unreadable(Trouble.UNSUPPORTED_ENCODING, f"gzip that is broken: {fault}")
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
    feed = json_feed.read(found.text) if isinstance(found, Json) else _feed(found)
    if isinstance(feed, Unreadable):
        return feed
    return finish(feed, hints.read(found.text), charset=charset, url=url, now=now)


def _feed(found: Xml) -> RawFeed | Unreadable:
    try:
        text = entities.expand(entities.legal(found.text), found.subset)
        is_cut = salvage.is_cut(text)
        text = salvage.whole_entries(text) if is_cut else salvage.without_tail(text)
        if not text:
            return Unreadable(Trouble.MALFORMED, f"cut before its first entry ended; it begins <{found.root}>")
        feed = _read(text)
    except entities.Bomb as fault:
        return Unreadable(Trouble.MALFORMED, str(fault))
    except fast.TooDeep as fault:
        return Unreadable(Trouble.MALFORMED, str(fault))
    feed.partial = is_cut
    if not feed.entries and ("<item" in text or "<entry" in text):
        return Unreadable(Trouble.MALFORMED, "it has entries, none of which could be read")
    return feed


def _read(text: str) -> RawFeed:
    """The fast path; again with stray references mended; else feedparser."""
    try:
        return fast.read(text)
    except fast.NotThisForm:
        mended = entities.mended(text)
    if mended != text:
        try:
            return fast.read(mended)
        except fast.NotThisForm:
            pass
    return slow.read(mended)
