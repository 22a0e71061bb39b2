"""Parsing in worker processes, with limits."""

import asyncio
from datetime import UTC, datetime

import pytest

from monitor.ingest.document import Document, Trouble, Unreadable
from monitor.ingest.parse.pool import ParserPool

NOW = datetime(2026, 5, 1, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><title>Wire</title><item><title>Envoy summoned</title></item></channel></rss>"


async def test_a_document_comes_back_as_from_parse_itself() -> None:
    async with ParserPool(workers=1) as pool:
        read = await pool.parse(FEED, "text/xml", "http://wire.example/rss", NOW)
    assert isinstance(read, Document)
    assert [entry.title for entry in read.entries] == ["Envoy summoned"]


async def test_an_overrun_of_time_is_named_each_time() -> None:
    slow = b"<rss><channel>" + b"<item><title>&" * 30_000
    async with ParserPool(workers=1, seconds=0.000_001) as pool:
        assert await pool.parse(slow, "", "", NOW) == Unreadable(Trouble.TOO_SLOW, "takes more than 1e-06 s to read")
        assert await pool.parse(b"", "", "", NOW) == Unreadable(Trouble.TOO_SLOW, "takes more than 1e-06 s to read")


async def test_an_overrun_of_memory_is_named_and_the_next_document_is_read() -> None:
    items = b"".join(
        b"<item><title>%d</title><description>%s</description></item>" % (n, b"x" * 900) for n in range(9000)
    )
    large = b"<rss version='2.0'><channel>" + items + b"</channel></rss>"
    async with ParserPool(workers=1, seconds=20, megabytes=1) as pool:
        read = await pool.parse(large, "", "", NOW)
        assert isinstance(read, Unreadable)
        assert read.trouble is Trouble.TOO_SLOW
        assert "more than 1 MB" in read.detail
        assert isinstance(await pool.parse(FEED, "", "", NOW), Document)


async def test_a_cancelled_job_leaves_no_answer_for_the_next() -> None:
    async with ParserPool(workers=1) as pool:
        await pool.parse(FEED, "", "", NOW)
        task = asyncio.ensure_future(pool.parse(FEED.replace(b"summoned", b"expelled"), "", "", NOW))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        read = await pool.parse(FEED, "", "", NOW)
    assert isinstance(read, Document)
    assert read.entries[0].title == "Envoy summoned"
