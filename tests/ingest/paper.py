"""Small feed documents of our own wording."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Story:
    """One story as a feed may print it; what is empty is not printed."""

    title: str = "Envoy called in over border shots"
    guid: str = ""
    link: str = ""
    at: datetime | None = None
    summary: str = ""


def rss(stories: Iterable[Story], link: str = "https://paper.example/", extra: str = "") -> bytes:
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Paper</title>"
        f"<link>{link}</link><description>made up</description>{extra}{''.join(map(_item, stories))}</channel></rss>"
    ).encode()


def _item(story: Story) -> str:
    parts = [
        f"<title>{escape(story.title)}</title>" if story.title else "",
        f"<guid isPermaLink='false'>{escape(story.guid)}</guid>" if story.guid else "",
        f"<link>{escape(story.link)}</link>" if story.link else "",
        f"<pubDate>{format_datetime(story.at)}</pubDate>" if story.at else "",
        f"<description>{escape(story.summary)}</description>" if story.summary else "",
    ]
    return f"<item>{''.join(parts)}</item>"
