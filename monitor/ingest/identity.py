"""What tells the stories of a feed apart, and which of them is which.

A story's key is its guid; its second key is its canonical link; it is new only if neither is known. Feeds that use
one guid or one link for many stories are seen through, and what was once found to be no key of a feed never is one
again: readers that trusted it anew gave every story a second time (FreshRSS 5909).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag

from monitor.ingest import link as links
from monitor.ingest.document import Document, Entry
from monitor.ingest.feed import Basis

SHARED = 0.10  # of a document's stories under keys that they share: more, and it is no key of this feed
_BUMPED = re.compile(r"^(.+)#\d{1,3}$")
_SCHEME = re.compile(r"^https?:(?=//)", re.IGNORECASE)


class Distrust(IntFlag):
    """What is no key of a feed; only ever grows."""

    NOTHING = 0
    GUID = 1
    LINK = 2

    @property
    def basis(self) -> Basis:
        if self & Distrust.GUID:
            return Basis.TEXT if self & Distrust.LINK else Basis.LINK
        return Basis.GUID


FORCED = {
    Basis.GUID: Distrust.LINK,
    Basis.LINK: Distrust.GUID,
    Basis.TEXT: Distrust.GUID | Distrust.LINK,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The hashes of one entry's keys, 0 where it has none. `item` is what its id is made of when it is new."""

    guid: int
    link: int
    title: int
    item: int


@dataclass(frozen=True, slots=True)
class Told:
    """A document whose stories are told apart: the keys of each entry, in order."""

    keys: tuple[Keys, ...]
    distrust: Distrust


def tell_apart(document: Document, distrust: Distrust, forced: Basis | None = None) -> Told:
    """The keys of each entry of a document, with what was found before (or the operator said) to be no key."""
    entries = document.entries
    titles = [_squeezed(entry.title) for entry in entries]
    paths = _links(document)
    if forced:
        distrust = FORCED[forced]
    one_link = bool(distrust & Distrust.LINK) or _is_shared(_in_conflict(paths, titles), len(entries))
    guids = [_guid(entry, path, one_link) for entry, path in zip(entries, paths, strict=True)]
    marks = titles if one_link else [path or title for path, title in zip(paths, titles, strict=True)]
    guid_conflicts = _in_conflict(guids, marks)
    if not forced and _is_shared(guid_conflicts, len(entries)):
        distrust |= Distrust.GUID
    lost = {number for number in guid_conflicts if paths[number]}  # a few that share a guid go by their links
    no_guids = bool(distrust & Distrust.GUID)
    trusted = ["" if no_guids or number in lost else guid for number, guid in enumerate(guids)]
    link_conflicts = _in_conflict(paths, [guid or title for guid, title in zip(trusted, titles, strict=True)])
    if not forced and _is_shared(link_conflicts, len(entries)):
        distrust |= Distrust.LINK
    no_links, keys = bool(distrust & Distrust.LINK), []
    for number, entry in enumerate(entries):
        # Two guids under one link are two stories; two titles without a guid under one link are one, edited.
        is_key = not no_links and not (number in link_conflicts and trusted[number])
        keys.append(_keys(entry, trusted[number], paths[number] if is_key else "", titles[number]))
    return Told(tuple(keys), distrust)


def revision_of(entry: Entry, cleaner: int) -> str:
    """The hash of what an entry says and of the version of the cleaner; space does not count."""
    text = "\n".join(" ".join(part.split()) for part in (entry.title, entry.summary, entry.content))
    return hashlib.blake2b(f"{cleaner}\n{text}".encode("utf-8", "replace"), digest_size=8).hexdigest()


def _keys(entry: Entry, guid: str, path: str, title: str) -> Keys:
    guid_key = _hash("guid", guid) if guid else 0
    link_key = _hash("link", path) if path else 0
    if not guid_key and not link_key:
        guid_key = _hash("text", title, _squeezed(entry.summary))
    return Keys(guid_key, link_key, _hash("title", title) if title else 0, guid_key or link_key)


def _links(document: Document) -> list[str]:
    """The canonical link of each entry; "" where it leads to the site or the channel, as to no story."""
    channel = links.key(document.link)
    found = [links.key(entry.link) if entry.link else "" for entry in document.entries]
    return ["" if path == channel or (path.removeprefix("//").endswith("/") and path.count("/") == 3) else path
            for path in found]  # fmt: skip


def _guid(entry: Entry, path: str, one_link: bool) -> str:
    """The guid as it is compared: as it stands, but for its scheme, and for the counter that the BBC appends.

    The counter goes only where the rest is the entry's own link: of some feeds the guids differ in nothing but the
    fragment (FreshRSS 5329).
    """
    guid = entry.guid.strip()
    bumped = _BUMPED.match(guid)
    if bumped and path and not one_link and links.key(bumped[1]) == path:
        guid = bumped[1]
    return _SCHEME.sub("", guid)


def _in_conflict(keys: Sequence[str], marks: Sequence[str]) -> set[int]:
    """The numbers of entries that share a key with another one that is marked differently."""
    given = [key for key in keys if key]
    if len(set(given)) == len(given):
        return set()
    groups: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        if key:
            groups[key].append(number)
    return {
        number
        for numbers in groups.values()
        if len(numbers) > 1 and len({marks[number] for number in numbers}) > 1
        for number in numbers
    }


def _is_shared(conflicts: set[int], total: int) -> bool:
    # two entries may be an accident; of a short document they would be more than a tenth
    return len(conflicts) > SHARED * total and (len(conflicts) > 2 or len(conflicts) == total)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _hash(*parts: str) -> int:
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1
