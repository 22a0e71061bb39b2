"""What the commands do with feeds: try them, find them, and change the list that a person keeps."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor import wiring
from monitor.errors import Fault, Faults, UserError
from monitor.ingest.discover import feeds_of, usual_places
from monitor.ingest.document import Document
from monitor.ingest.enter import Terms, enter
from monitor.ingest.feed import Feed, feed_id, host_of, shown_url
from monitor.ingest.fetch import Fetcher
from monitor.ingest.parse.text import CLEANER
from monitor.ingest.reply import Failed, Fetch, Fetched, Polled, Refused
from monitor.ingest.schedule import PACES
from monitor.ingest.state import FeedState
from monitor.message.item import Item
from monitor.settings import Settings
from monitor.settings.feeds import FeedSettings
from monitor.settings.feeds_edit import added, removed
from monitor.settings.opml import Outlines


@dataclass(frozen=True, slots=True)
class Tried:
    """A feed that was asked once: what came, what it would be entered as, and its items, the oldest first."""

    feed: Feed
    polled: Polled
    state: FeedState
    items: Sequence[Item]


async def try_out(loaded: Settings, urls: Sequence[str]) -> list[Tried]:
    """Ask for each feed once, one after the other, without memory."""
    async with wiring.fetcher(loaded, wiring.now) as fetcher:
        return [await _tried(fetcher, whole(url)) for url in urls]


def whole(url: str) -> str:
    """With https:// before it, where a person left that out."""
    return url if "://" in url else f"https://{url}"


async def find(loaded: Settings, url: str) -> tuple[Tried, list[str]]:
    """The feed at a URL, or the first one that works of those that the page there names, or where sites often keep
    theirs; and what else the page names. Raises `UserError`.
    """
    url = whole(url)
    async with wiring.fetcher(loaded, wiring.now) as fetcher:
        tried = await _tried(fetcher, url)
        if _is_feed(tried):
            return tried, []
        page = await fetcher.look(url)
        if isinstance(page, Failed | Refused):
            raise UserError(f"{shown_url(url)}: {tried.state.health}; {tried.state.detail}")
        named = feeds_of(page[1], page[0])
        for other in named or usual_places(page[0]):
            tried = await _tried(fetcher, other)
            if _is_feed(tried):
                return tried, [one for one in named if one != other]
    said = f"names {len(named)}, of which none could be read" if named else "is no feed, and names none"
    raise UserError(f"{shown_url(url)} {said}; give the address of the feed itself")


async def _tried(fetcher: Fetcher, url: str) -> Tried:
    feed = Feed(id=feed_id(url), url=url, outlet=host_of(url))
    polled = await fetcher.fetch(Fetch(feed.id, url))
    entered = enter(feed, FeedState(), b"", polled, Terms(PACES[feed.priority], CLEANER), wiring.now())
    return Tried(feed, polled, entered.state, entered.harvest.items)


def _is_feed(tried: Tried) -> bool:
    reply = tried.polled.reply
    return isinstance(reply, Fetched) and isinstance(reply.document, Document)


def begin(file: Path, tried: Tried, wish: Mapping[str, Any]) -> Feed:
    """Add a feed that was tried to the file. `wish` holds what the person said of it. Raises `UserError`."""
    reply = tried.polled.reply
    title = reply.document.title if isinstance(reply, Fetched) and isinstance(reply.document, Document) else ""
    url = tried.feed.url
    given = {name: value for name, value in wish.items() if value}
    try:
        feed = FeedSettings(**{"url": url, "outlet": title[:120], **given}).feed()
    except ValidationError as why:
        said = [f"--{fault['loc'][0]}: {fault['msg'].removeprefix('Value error, ')}" for fault in why.errors()]
        raise Faults([Fault("", 0, one) for one in said]) from None
    if not _add(file, [feed]):
        raise UserError(f"{file}: {shown_url(url)} is there already")
    return feed


def import_opml(file: Path, outlines: Outlines) -> list[Feed]:
    """Add the feeds of an OPML file; those that were not there yet."""
    return _add(file, [outline.feed() for outline in outlines.outlines])


def take_out(file: Path, name: str) -> Feed:
    """Remove a feed from the file. Raises `UserError`."""
    text, feed = removed(str(file), _text(file), name)
    _write(file, text)
    return feed


def _add(file: Path, feeds: Sequence[Feed]) -> list[Feed]:
    text, fresh = added(str(file), _text(file), feeds)
    if fresh:
        _write(file, text)
    return fresh


def _text(file: Path) -> str:
    """What stands in the list; where there is none yet, it begins with the one that comes along."""
    if file.suffix.lower() in (".opml", ".xml"):
        raise UserError(f"{file} is OPML, which is only read; `demarche feeds import` takes it into a feeds.yaml")
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return (files("monitor") / "feeds.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise UserError(f"{file}: cannot be read: {why}") from None


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    new = file.with_name(f".{file.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        os.replace(new, file)
    except OSError as why:
        raise UserError(f"{file}: cannot be written: {why.strerror}") from None
