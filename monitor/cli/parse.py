"""`demarche parse`: what a feed document says, one item a line."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from monitor.errors import UserError
from monitor.ingest.document import Document, Entry, Unreadable
from monitor.ingest.feed import feed_id
from monitor.ingest.identity import Distrust, tell_apart
from monitor.ingest.parse.pool import ParserPool

_BROTLI, _ZSTD = ".br", ".zst"


class Line(msgspec.Struct, frozen=True):
    """One line of the output."""

    id: str
    feed: str
    lang: str
    published: datetime | None
    date_source: str
    url: str
    title: str
    summary: str
    content: str


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("parse")(parse)


def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A feed document as it was served; .gz is inflated.")],
    url: Annotated[str, typer.Option(help="Where it came from: relative links start there.")] = "",
    content_type: Annotated[str, typer.Option(help="The Content-Type that it was served with.")] = "",
) -> None:
    """Print what a feed document says, one item a line as JSON.

    Example: demarche parse feed.xml --url https://news.example.org/rss
    """
    if file.suffix in (_BROTLI, _ZSTD):
        raise UserError(
            f"{file}: unsupported-encoding: no bounded decoder for {file.suffix}; serve it plain or as gzip"
        )
    try:
        body = file.read_bytes()
    except OSError as fault:
        raise UserError(f"{file}: cannot be read: {fault.strerror}") from fault
    now = datetime.now(UTC)
    document = asyncio.run(_read(body, content_type, url, now))
    if isinstance(document, Unreadable):
        raise UserError(f"{file}: {document.trouble}: {document.detail}")
    if document.partial:
        sys.stderr.write(
            f"{file}: partial: the document is cut; its whole items are kept, {len(document.entries)} of them\n"
        )
    feed = feed_id(url) if url else file.name
    encode = msgspec.json.Encoder().encode
    told = tell_apart(document, Distrust.NOTHING)
    for entry, keys in zip(document.entries, told.keys, strict=True):
        sys.stdout.buffer.write(encode(_line(entry, feed, f"{feed}:{keys.item:016x}")) + b"\n")


async def _read(body: bytes, content_type: str, url: str, now: datetime) -> Document | Unreadable:
    async with ParserPool(workers=1) as pool:
        return await pool.parse(body, content_type, url, now)


def _line(entry: Entry, feed: str, item: str) -> Line:
    return Line(
        id=item,
        feed=feed,
        lang=entry.lang,
        published=entry.published,
        date_source=entry.date_source,
        url=entry.link,
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
    )
