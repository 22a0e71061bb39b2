"""What is made to do harm does none, and is called by its name."""

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.document import Document, Trouble, Unreadable
from monitor.ingest.parse import parse
from monitor.ingest.parse.pool import ParserPool
from tests.ingest.parse.hostile import CASES, rss

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[ParserPool]:
    """One process for all cases, with the memory of production; time is what `tests.bench.parse` measures."""
    async with ParserPool(workers=1, seconds=60) as parsers:
        yield parsers


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("body", "outcome"), CASES.values(), ids=CASES.keys())
async def test_a_hostile_document_ends_in_its_name_or_in_what_is_saved(
    pool: ParserPool, body: bytes, outcome: Trouble | list[str]
) -> None:
    read = await pool.parse(body, "", "http://feed.example/rss", NOW)
    if isinstance(outcome, Trouble):
        assert isinstance(read, Unreadable)
        assert read.trouble is outcome
        assert read.detail
    else:
        assert isinstance(read, Document)
        assert [entry.title for entry in read.entries] == outcome


def test_no_document_opens_a_file_a_socket_or_a_process() -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.ingest.parse.watched"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


pieces = st.sampled_from(
    [b"<", b">", b"&", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<item>", b"</item>", b"<title>", b"</title>", b"<rss",
     b"<channel>", b"</rss>", b"&#0;", b"&#xD800;", b"&nbsp;", b"&x;", b"<!DOCTYPE x [", b"]>", b"<?", b"?>", b'"',
     b"xmlns:a='b'", b"<a:b/>", b"\x00", b"\xff", b"<pubDate>1</pubDate>", b"<category>", b"</category>", b"<guid>",
     b"<georss:point>", b"</georss:point>", b"<media:content/>", b"text"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(pieces, max_size=30), st.integers(0, 300))
def test_no_document_breaks_the_parser(parts: list[bytes], cut: int) -> None:
    body = rss(description=b"".join(parts))
    for document in (body, body[:cut], b"".join(parts), b"<rss><channel>" + b"".join(parts)):
        assert isinstance(parse(document, now=NOW), Document | Unreadable)
