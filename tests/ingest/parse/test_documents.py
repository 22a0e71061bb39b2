"""What documents say, sample and expected result side by side, and that both parsers say the same.

To take a changed result as the expected one, once it has been read: `python -m tests.ingest.parse.test_documents`.
"""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.document import Document, Entry, Unreadable
from monitor.ingest.parse import entities, fast, hints, parse, salvage, slow
from monitor.ingest.parse.charset import decode
from monitor.ingest.parse.finish import finish
from monitor.ingest.parse.sniff import Xml, sniff
from monitor.message.item import DateSource

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HERE = Path(__file__).parent / "samples"
SAMPLES = sorted(path for path in HERE.iterdir() if ".expected" not in path.name)
NAMES = [path.name for path in SAMPLES]


def expected_of(sample: Path) -> Path:
    return sample.with_name(f"{sample.name}.expected.json")


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_sample_says_what_stands_beside_it(sample: Path) -> None:
    expected = msgspec.json.decode(expected_of(sample).read_bytes(), type=Document)
    assert parse(sample.read_bytes(), now=NOW) == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_both_parsers_say_the_same_of_what_the_fast_one_takes(sample: Path) -> None:
    found = sniff(decode(sample.read_bytes(), "").text)
    if not isinstance(found, Xml):
        pytest.skip("no XML")
    text = salvage.closed(entities.mended(entities.legal(entities.expand(found.text, found.subset))))
    text = salvage.whole_entries(text) if salvage.is_cut(text) else salvage.without_tail(text)
    try:
        fast.read(text)
    except fast.NotThisForm:
        pytest.skip("not of the fast form")
    _compare(text)


def _ids_and_texts(entry: Entry) -> Entry:
    """Without `date_source`: feedparser calls dc:date and dcterms:modified by one name."""
    return msgspec.structs.replace(entry, date_source=DateSource.PUBLISHED)


def test_the_fast_path_takes_what_is_of_its_form() -> None:
    """And the rest is feedparser's: a sample that changes sides is told here."""
    taken = {
        sample.name: read.parser
        for sample in SAMPLES
        if isinstance(read := parse(sample.read_bytes(), now=NOW), Document)
    }
    assert {name for name, parser in taken.items() if parser == "feedparser"} == {
        "markup-unescaped.xml",
        "nested-empty-items.xml",
        "no-channel.xml",
        "two-descriptions.xml",
        "undeclared-prefix.xml",
    }


# Without dcterms:modified, which feedparser puts in the place of dc:date.
ELEMENTS = [
    "<title>{}</title>", "<link>https://a.example/{}</link>", "<guid>{}</guid>", "<guid isPermaLink='false'>{}</guid>",
    "<description>{}</description>", "<c:encoded>{}</c:encoded>", "<pubDate>{}</pubDate>", "<dc:date>{}</dc:date>",
    "<dc:creator>{}</dc:creator>", "<dc:title>{}</dc:title>", "<dc:description>{}</dc:description>",
    "<author>{}</author>", "<category domain='x'>{}</category>", "<comments>https://a.example/{}</comments>",
    "<source url='https://w.example/'>{}</source>", "<enclosure url='https://a.example/{}' type='audio/mpeg'/>",
    "<m:title>{}</m:title>",
    "<m:description type='html'>{}</m:description>",
    "<m:content url='u'><m:title>{}</m:title></m:content>",
    "<m:group><m:description>{}</m:description></m:group>", "<i:title>{}</i:title>", "<i:summary>{}</i:summary>",
    "<i:author>{}</i:author>", "<a:link rel='alternate' href='https://a.example/{}'/>",
    "<a:link rel='self' href='{}'/>",
    "<y:full-text>{}</y:full-text>", "<x:unknown of='y'>{}</x:unknown>", "<x:unknown>{}</x:unknown>",
    "<dc:language>{}</dc:language>", "<!-- {} -->",
]  # fmt: skip
VALUES = ["", "Envoy", " Envoy \n", "&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", "<![CDATA[<b>Talks</b> & more]]>",
          "R&amp;D", "https://b.example/1", "Tue, 03 Mar 2026 10:15:00 GMT", "2026-03-03", "fr",
          "Élysée, 外交部"]  # fmt: skip
SPACES = (
    "xmlns:c='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:m='http://search.yahoo.com/mrss/' xmlns:i='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:a='http://www.w3.org/2005/Atom' xmlns:y='http://news.yandex.ru' xmlns:x='http://x.example/'"
)
items = st.lists(st.builds(str.format, st.sampled_from(ELEMENTS), st.sampled_from(VALUES)), max_size=8).map("".join)


XHTML = "<div xmlns='http://www.w3.org/1999/xhtml'><p>{}</p><p>More.</p></div>"
PARTS = [
    "<title>{}</title>", "<title type='html'>{}</title>", f"<title type='xhtml'>{XHTML}</title>", "<id>{}</id>",
    "<link href='https://a.example/{}'/>", "<link rel='alternate' type='text/html' href='b/{}'/>",
    "<link rel='self' href='c/{}'/>", "<summary>{}</summary>", "<summary type='html'>{}</summary>",
    "<content>{}</content>", "<content type='html'>{}</content>", "<content type='text/html'>{}</content>",
    f"<content type='xhtml'>{XHTML}</content>", "<published>{}</published>", "<updated>{}</updated>",
    "<author><name>{}</name></author>", "<category term='x'/>", "<rights>{}</rights>", "<dc:creator>{}</dc:creator>",
    "<source><title>{}</title><id>s</id><link href='https://s.example/'/></source>", "<x:y>{}</x:y>",
    "<m:group><m:title>{}</m:title></m:group>", "<m:group><m:description>{}</m:description></m:group>",
]  # fmt: skip
entries = st.lists(st.builds(str.format, st.sampled_from(PARTS), st.sampled_from(VALUES)), max_size=8).map("".join)


@settings(deadline=None)
@given(st.lists(items, min_size=1, max_size=3))
def test_both_parsers_say_the_same_of_any_item_that_the_fast_one_takes(inner: list[str]) -> None:
    body = "".join(f"<item>{item}</item>" for item in inner)
    _compare(f"<rss version='2.0' {SPACES}><channel><title>t</title>{body}</channel></rss>")


@settings(deadline=None)
@given(st.lists(entries, min_size=1, max_size=3))
def test_both_parsers_say_the_same_of_any_entry_that_the_fast_one_takes(inner: list[str]) -> None:
    body = "".join(f"<entry>{entry}</entry>" for entry in inner)
    site = "<link href='https://a.example/'/>"
    _compare(f"<feed xmlns='http://www.w3.org/2005/Atom' {SPACES}><title>t</title>{site}{body}</feed>")


def _compare(text: str) -> None:
    try:
        ours = fast.read(text)
    except fast.NotThisForm:
        return
    documents = [finish(feed, hints.read(text), charset="", url="", now=NOW) for feed in (ours, slow.read(text))]
    one, other = ([_ids_and_texts(entry) for entry in document.entries] for document in documents)
    assert one == other


if __name__ == "__main__":
    for path in SAMPLES:
        document = parse(path.read_bytes(), now=NOW)
        if isinstance(document, Unreadable):
            raise SystemExit(f"{path}: {document}")
        encoded = msgspec.json.format(msgspec.json.encode(document), indent=1)
        expected_of(path).write_bytes(encoded + b"\n")
