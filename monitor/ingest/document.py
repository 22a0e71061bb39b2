"""What a feed document says, before any of it is an item."""

from datetime import datetime
from enum import StrEnum

import msgspec

from monitor.message.item import DateSource


class Trouble(StrEnum):
    """Why a body is no feed document."""

    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"  # time or memory limit of the parser
    NOT_A_FEED = "not-a-feed"  # HTML instead of a feed, or something else that is well-formed
    BOT_WALL = "bot-wall"
    EMPTY_BODY = "empty-body"
    MALFORMED = "malformed"
    UNSUPPORTED_ENCODING = "unsupported-encoding"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a document. Texts are clean already: no markup, no control characters."""

    guid: str = ""  # guid, atom:id or rdf:about, trimmed; "" where there is none
    link: str = ""  # absolute, http or https
    title: str = ""
    summary: str = ""
    content: str = ""
    lang: str = ""  # as declared for the entry, else guessed from its text
    published: datetime | None = None  # UTC
    published_text: str = ""
    date_source: DateSource = DateSource.FIRST_SEEN
    publisher: str = ""  # of an aggregator's entry: <source>
    publisher_url: str = ""


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A feed document that was read, `partial` where only a part of it could be."""

    format: str  # rss-0.9x, rss-1.0, rss-2.0, atom-0.3, atom-1.0, json-feed
    parser: str  # fast or feedparser
    encoding: str = ""
    title: str = ""
    link: str = ""
    lang: str = ""  # as declared
    ttl: int | None = None  # seconds
    update_period: int | None = None  # seconds, of sy:updatePeriod and sy:updateFrequency
    skip_hours: tuple[int, ...] = ()  # UTC
    skip_days: tuple[int, ...] = ()  # 0 is Monday
    entries: tuple[Entry, ...] = ()
    partial: bool = False


class Unreadable(msgspec.Struct, frozen=True):
    """A body that is no feed document, and why."""

    trouble: Trouble
    detail: str = ""
