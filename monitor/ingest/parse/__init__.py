"""Feed documents: bytes in, what they say out."""

from datetime import datetime
from typing import Final

from monitor.ingest.document import Document, Unreadable

MAX_BODY: Final = 10 * 1024 * 1024  # bytes, inflated


def parse(body: bytes, *, content_type: str = "", url: str = "", now: datetime) -> Document | Unreadable:
    """What a body says, or why it says nothing.

    Pure and bounded in size, not in time: a process that does other things hands bodies to `ParserPool`.
    `url` is where the body came from, for links that are relative.
    """
    # Imported here: lxml, feedparser, Babel and CLD2 take 50 MB, which only the processes that parse need.
    from monitor.ingest.parse import reading

    return reading.read(body, content_type=content_type, url=url, now=now)


__all__ = ["MAX_BODY", "parse"]
