"""Changes to a `feeds.yaml` that a person keeps: comments and order stay, and nothing wrong is ever written."""

import io
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from monitor.errors import UserError
from monitor.ingest.feed import Feed, Priority, feed_id
from monitor.ingest.link import canonical
from monitor.settings.feeds import parse_feeds


def added(path: str, text: str, feeds: Sequence[Feed]) -> tuple[str, list[Feed]]:
    """The text with these feeds at its end, and which of them were not in it yet. Raises `Faults`."""
    there = {canonical(feed.url) for feed in parse_feeds(path, text)}
    fresh = [feed for feed in feeds if canonical(feed.url) not in there]
    yaml, data = _read(text)
    listed = data.setdefault("feeds", CommentedSeq())
    if listed is None:
        data["feeds"] = listed = CommentedSeq()
    for feed in fresh:
        listed.append(_written(feed))
    return _checked(path, yaml, data), fresh


def removed(path: str, text: str, name: str) -> tuple[str, Feed]:
    """The text without the feed of this id or URL, and that feed. Raises `UserError` where there is none."""
    feeds = parse_feeds(path, text)
    number = next((n for n, feed in enumerate(feeds) if name in (feed.id, feed.url)), None)
    if number is None:
        raise UserError(f"{path}: no feed '{name}'; `demarche feeds list` shows the ids")
    yaml, data = _read(text)
    del data["feeds"][number]
    return _checked(path, yaml, data), feeds[number]


def _written(feed: Feed) -> CommentedMap:
    entry = CommentedMap()
    if feed.id != feed_id(feed.url):
        entry["id"] = feed.id
    entry["outlet"] = feed.outlet
    for name in ("country", "lang"):
        if getattr(feed, name):
            entry[name] = getattr(feed, name)
    if feed.priority is not Priority.NORMAL:
        entry["priority"] = str(feed.priority)
    if feed.official:
        entry["official"] = True
    if feed.folder:
        entry["folder"] = "/".join(part.replace("/", "-") for part in feed.folder)
    entry["url"] = feed.url
    return entry


def _read(text: str) -> tuple[YAML, Any]:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 1000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml, yaml.load(text) or CommentedMap()


def _checked(path: str, yaml: YAML, data: Any) -> str:
    out = io.StringIO()
    yaml.dump(data, out)
    parse_feeds(path, out.getvalue())
    return out.getvalue()
