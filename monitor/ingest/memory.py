"""What a feed has told before: the keys and revisions of its stories, packed.

44 bytes a story, and the headlines of those in the feed's document, so that a correction can say what it corrects.
Kept are the stories in the feed's document and those gone for up to 14 days; undated ones for 90,
as nothing else would stop them when they come back.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from monitor.errors import PoisonRecord

KEEP_DAYS = 14
KEEP_UNDATED_DAYS = 90
UNDATED_ROOM = 1500  # stories of a feed beyond which undated ones get no longer stay than others
ROOM = 20_000  # stories of a feed in all

_VERSION, _BARE = b"\x02", b"\x01"  # bare: without headlines, as earlier releases wrote it
_COUNT = struct.Struct("<I")
HEADLINE = 200  # characters of one that are kept
_RECORD = struct.Struct("<QQQQIIHBB")
_PRESENT, _UNDATED = 1, 2
CLEANERS = 64  # versions of the cleaner that are told apart


@dataclass(slots=True)
class Known:
    """One story. `guid`, `link` and `title` are hashes of its keys, 0 where it has none; `day` counts from 1970."""

    item: int
    guid: int
    link: int
    title: int
    revision: int  # 32 bits of it
    older: int = 0  # the one before: caches that take turns, and one story twice in a document, show both
    day: int = 0  # when it was last seen, where it is not present
    updates: int = 0
    present: bool = True  # in the document read last
    undated: bool = False
    cleaner: int = 0
    headline: str = ""  # as told last, while it is present

    def has_told(self, revision: int) -> bool:
        return revision in (self.revision, self.older)


class Memory:
    """The stories of one feed, found by each of their keys. Mutable: a copy of what was committed."""

    def __init__(self, stories: Iterable[Known] = ()) -> None:
        self._stories: list[Known] = []
        self._by_guid: dict[int, Known] = {}
        self._by_link: dict[int, Known] = {}
        self._by_title: dict[int, Known] = {}
        self._items: set[int] = set()
        for story in stories:
            self.add(story)

    @classmethod
    def unpack(cls, packed: bytes) -> "Memory":
        """From `pack`; of bytes that are damaged nothing is known."""
        try:
            records, headlines = _parts(packed)
            known = list(_RECORD.iter_unpack(records))
        except (struct.error, msgspec.MsgspecError):
            return cls()
        titles = iter(headlines)
        return cls(
            Known(
                item, guid, link, title, revision, older, day, updates,
                bool(flags & _PRESENT), bool(flags & _UNDATED), flags // 4,
                next(titles, "") if flags & _PRESENT else "",
            )
            for item, guid, link, title, revision, older, day, updates, flags in known
        )  # fmt: skip

    def pack(self) -> bytes:
        """The records, counted, and then the headlines of those that are present, in their order."""
        records = b"".join(_packed(story) for story in self._stories)
        headlines = _encode([story.headline for story in self._stories if story.present])
        return _VERSION + _COUNT.pack(len(self._stories)) + records + headlines

    def __iter__(self) -> Iterator[Known]:
        return iter(self._stories)

    def __len__(self) -> int:
        return len(self._stories)

    def add(self, story: Known) -> None:
        self._stories.append(story)
        self._items.add(story.item)
        self.index(story)

    def index(self, story: Known) -> None:
        """Find the story by the keys that it has now; its former ones lead to it as well, until it is packed."""
        for key, index in ((story.guid, self._by_guid), (story.link, self._by_link), (story.title, self._by_title)):
            if key:
                index[key] = story

    def has_item(self, item: int) -> bool:
        return item in self._items

    def find(self, guid: int, link: int, revision: int) -> Known | None:
        """The story under either key. Where they lead to two, the one that told this revision, else the guid's."""
        by_guid, by_link = self._by_guid.get(guid), self._by_link.get(link)
        if by_guid is None or by_link is None or by_guid is by_link:
            return by_guid or by_link
        return by_link if by_link.has_told(revision) else by_guid

    def find_title(self, title: int) -> Known | None:
        return self._by_title.get(title)

    def leave(self, today: int) -> None:
        """A new document is about to be read: nothing is in it yet."""
        for story in self._stories:
            if story.present:
                story.present, story.day = False, today

    def forget(self, today: int) -> int:
        """Drop what is gone for long. Returns how many."""
        before = len(self._stories)
        kept = [story for story in self._stories if story.present or today - story.day <= self._days(story)]
        if len(kept) > ROOM:
            kept = sorted(kept, key=lambda story: (not story.present, -story.day))[:ROOM]
        self._stories = kept
        return before - len(kept)

    def _days(self, story: Known) -> int:
        return KEEP_UNDATED_DAYS if story.undated and len(self._stories) <= UNDATED_ROOM else KEEP_DAYS


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[str]).decode


def check(packed: bytes) -> None:
    """Raises `PoisonRecord` for the memory of a later release: without it every story would be told again."""
    if packed[:1] > _VERSION:
        raise PoisonRecord(f"a feed's memory written by a later release: form {packed[0]}, known here: {_VERSION[0]}")


def _parts(packed: bytes) -> tuple[bytes, list[str]]:
    if packed[:1] == _BARE:
        return packed[1:], []
    if packed[:1] != _VERSION:
        return b"", []
    start = 1 + _COUNT.size
    end = start + _COUNT.unpack(packed[1:start])[0] * _RECORD.size
    return packed[start:end], _decode(packed[end:])


def _packed(story: Known) -> bytes:
    flags = story.present * _PRESENT + story.undated * _UNDATED + (story.cleaner % CLEANERS) * 4
    return _RECORD.pack(
        story.item, story.guid, story.link, story.title, story.revision, story.older, story.day, story.updates, flags
    )
