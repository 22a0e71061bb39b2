"""What a document brings that was not told before: items, updates, and why the rest is neither."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from monitor.ingest import link as links
from monitor.ingest.document import Document, Entry
from monitor.ingest.feed import Feed, host_of
from monitor.ingest.identity import Distrust, Keys, revision_of, tell_apart
from monitor.ingest.memory import CLEANERS, HEADLINE, KEEP_DAYS, Known, Memory
from monitor.message.item import DateSource, Item

UPDATES = 24  # of one story; feeds that print a clock in their texts would go on for ever
CONTENT_BYTES = 256 * 1024
SUMMARY_BYTES = 64 * 1024
TITLE_BYTES = 4 * 1024
OLDEST = 1990
TURNOVER = 5  # stories before and now, none of them the same: the feed was turned over


class Drop(StrEnum):
    """Why an entry that was read gives no item."""

    AGE = "age"  # not known, and too old to be news: it came back
    DUPLICATE = "duplicate"  # twice in the document, word for word
    RESTLESS = "restless"  # changed too often
    EMPTY = "empty"  # says nothing


@dataclass(slots=True)
class Harvest:
    """What came of one document. `items` the oldest first, each with how long after publication it was seen."""

    items: list[Item] = field(default_factory=list)
    new: int = 0
    updated: int = 0
    known: int = 0
    undated: int = 0  # of the new ones at first sight: they never alert
    dropped: Counter[Drop] = field(default_factory=Counter)
    distrust: Distrust = Distrust.NOTHING
    turned_over: bool = False  # none of its stories was there before: some may have come and gone between


@dataclass(frozen=True, slots=True)
class Sight:
    """Under what circumstances a document is read."""

    now: datetime
    first: bool  # the feed's first document, or the first after an outage
    cleaner: int  # version of what made the texts clean

    @property
    def today(self) -> int:
        return int(self.now.timestamp()) // 86400


def gather(feed: Feed, document: Document, memory: Memory, distrust: Distrust, sight: Sight) -> Harvest:
    """Read a document against the memory of its feed, which takes in what is new."""
    told = tell_apart(document, distrust, feed.basis)
    harvest = Harvest(distrust=told.distrust)
    were_present = sum(story.present for story in memory)
    memory.leave(sight.today)
    gatherer = _Gatherer(feed, document, memory, sight, harvest)
    by_title = told.distrust != distrust and bool(len(memory))
    for entry, keys in zip(document.entries, told.keys, strict=True):
        gatherer.take(entry, keys, by_title)
    if not (sight.first or harvest.known) and min(were_present, harvest.new) >= TURNOVER:
        harvest.turned_over = True
        # A move to another system gives every story a new name. Where dates do not show the old ones, silence does.
        harvest.items = [_as_first_sight(item) if item.published is None else item for item in harvest.items]
    memory.forget(sight.today)
    harvest.items.sort(key=lambda item: item.event_time)
    return harvest


class _Gatherer:
    def __init__(self, feed: Feed, document: Document, memory: Memory, sight: Sight, harvest: Harvest) -> None:
        self._feed, self._document, self._memory, self._sight, self._harvest = feed, document, memory, sight, harvest
        self._aggregates = _is_aggregator(feed.url)

    def take(self, entry: Entry, keys: Keys, by_title: bool) -> None:
        if not (entry.title or entry.summary or entry.content or entry.link):
            self._harvest.dropped[Drop.EMPTY] += 1
            return
        revision = revision_of(entry, self._sight.cleaner)
        short = int(revision[:8], 16)
        story = self._memory.find(keys.guid, keys.link, short)
        if story is None and by_title and keys.title:
            # the feed's keys were just found to be none: what is known under the old ones is known by its title
            story = self._memory.find_title(keys.title)
        if story is None:
            self._take_new(entry, keys, revision, short)
        else:
            self._take_known(entry, keys, story, revision, short)

    def _take_new(self, entry: Entry, keys: Keys, revision: str, short: int) -> None:
        published = self._date(entry)
        story = Known(self._fresh_item(keys), keys.guid, keys.link, keys.title, short)
        story.undated, story.cleaner = published is None, self._sight.cleaner % CLEANERS
        story.headline = entry.title[:HEADLINE]
        self._memory.add(story)
        is_old = published is not None and self._sight.now - published > timedelta(days=KEEP_DAYS)
        if is_old and not self._sight.first:
            self._harvest.dropped[Drop.AGE] += 1
            return
        self._harvest.new += 1
        self._harvest.undated += published is None and self._sight.first
        self._harvest.items.append(self._item(entry, story, revision, published, update=False))

    def _take_known(self, entry: Entry, keys: Keys, story: Known, revision: str, short: int) -> None:
        again, story.present = story.present, True
        story.guid, story.link, story.title = keys.guid or story.guid, keys.link or story.link, keys.title
        self._memory.index(story)
        if story.has_told(short):
            if short == story.revision:
                story.headline = entry.title[:HEADLINE]
            if again:
                self._harvest.dropped[Drop.DUPLICATE] += 1
            else:
                self._harvest.known += 1
            return
        if not again:
            self._harvest.known += 1
        story.older, story.revision = story.revision, short
        before, story.headline = story.headline, entry.title[:HEADLINE]
        if story.cleaner != self._sight.cleaner % CLEANERS:  # our text changed, not theirs
            story.cleaner, story.older = self._sight.cleaner % CLEANERS, 0
            return
        if story.updates >= UPDATES:
            self._harvest.dropped[Drop.RESTLESS] += 1
            return
        story.updates += 1
        self._harvest.updated += 1
        item = self._item(entry, story, revision, self._date(entry), update=True)
        if before and before != story.headline:
            item = msgspec.structs.replace(item, title_before=before)
        self._harvest.items.append(item)

    def _fresh_item(self, keys: Keys) -> int:
        """The number of a new item: of its key, or, where an older story had that key once, one beside it."""
        item = keys.item
        while self._memory.has_item(item):
            item = (item * 6364136223846793005 + keys.title + 1) % 2**64
        return item

    def _date(self, entry: Entry) -> datetime | None:
        """The date, unless it lies ahead or before there were feeds: such a one tells nothing."""
        at = entry.published
        return at if at is not None and at.year >= OLDEST and at <= self._sight.now else None

    def _item(self, entry: Entry, story: Known, revision: str, published: datetime | None, *, update: bool) -> Item:
        feed, sight = self._feed, self._sight
        title, outlet = entry.title, feed.outlet
        if self._aggregates and entry.publisher:
            title, outlet = title.removesuffix(f" - {entry.publisher}"), entry.publisher
        return Item(
            id=f"{feed.id}:{story.item:016x}",
            revision=revision,
            feed=feed.id,
            outlet=outlet,
            country=feed.country,
            lang=entry.lang or feed.lang or self._document.lang,  # of the item: an English feed carries Spanish ones
            published=published,
            published_text=entry.published_text[:200],
            date_source=entry.date_source if published else DateSource.FIRST_SEEN,
            first_seen=sight.now,
            first_sight=sight.first,
            update=update,
            official=feed.official,
            url=links.clean(entry.link),
            title=_cut(title, TITLE_BYTES),
            summary=_cut(entry.summary, SUMMARY_BYTES),
            content=_cut(entry.content, CONTENT_BYTES),
        )


def _as_first_sight(item: Item) -> Item:
    return msgspec.structs.replace(item, first_sight=True)


def _is_aggregator(url: str) -> bool:
    host = host_of(url)
    return host == "news.google.com" or host.endswith(".bing.com")


def _cut(text: str, limit: int) -> str:
    """The text within `limit` bytes of UTF-8."""
    if len(text) * 4 <= limit:
        return text
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")
