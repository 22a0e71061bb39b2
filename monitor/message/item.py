"""An item: one story as one outlet tells it, in one revision."""

from datetime import datetime
from enum import StrEnum

import msgspec


class DateSource(StrEnum):
    """Where an item's `published` came from; `FIRST_SEEN` means that the feed gave no date that can be trusted."""

    PUBLISHED = "published"
    UPDATED = "updated"
    HEADER = "header"
    FIRST_SEEN = "first_seen"


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One story of one feed.

    `id` is its identity in its feed and survives edits; `revision` is a hash of its cleaned text and of the
    cleaner's version. The same pair is a repeat and is dropped anywhere; a new revision under an old id is an update.
    Texts are clean: no markup, no control characters, paragraphs of `content` separated by a line break.
    """

    id: str
    revision: str
    feed: str  # id of the feed, see monitor/ingest/feed.py
    outlet: str
    country: str | None = None  # of the outlet, ISO 3166-1 alpha-3
    lang: str = ""  # ISO 639-1; "" where nothing tells
    published: datetime | None = None  # UTC; never "now" in disguise
    published_text: str = ""  # the date as the feed printed it
    date_source: DateSource = DateSource.FIRST_SEEN
    first_seen: datetime  # UTC, when this revision was first read
    first_sight: bool = False  # read at the first poll of its feed, or the first after an outage
    update: bool = False  # its id was known before under another revision
    title_before: str = ""  # of an update whose title changed: the start of the one that was told last
    official: bool = False  # the feed is a government's own
    url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    schema: int = 1

    @property
    def event_time(self) -> datetime:
        """When the story was told: `published` where the feed gave a date, else when it was first seen."""
        return self.published or self.first_seen
