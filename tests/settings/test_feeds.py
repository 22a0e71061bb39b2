"""Lists of feeds: YAML and OPML, all faults at once, and changes that keep what a person wrote."""

from collections import Counter
from pathlib import Path

import pytest

from monitor.errors import Faults, UserError
from monitor.ingest.feed import Basis, Feed, Priority
from monitor.settings.feeds import load_feeds, parse_feeds
from monitor.settings.feeds_edit import added, removed
from monitor.settings.opml import read_opml, write_opml

LIST = """\
# mine
feeds:
  - url: https://paper.example/rss.xml  # the good one
    id: paper
    outlet: "The Paper"
    country: FRA

  # a ministry
  - url: https://ministry.example/feed
    official: true
    priority: wire
    folder: Europe/Ministries
    basis: link
"""


def test_a_feed_has_all_that_was_said_of_it_and_sound_defaults() -> None:
    paper, ministry = parse_feeds("feeds.yaml", LIST)
    assert paper == Feed(id="paper", url="https://paper.example/rss.xml", outlet="The Paper", country="FRA")
    assert (ministry.outlet, ministry.official, ministry.priority) == ("ministry.example", True, Priority.WIRE)
    assert (ministry.folder, ministry.basis) == (("Europe", "Ministries"), Basis.LINK)
    assert ministry.id.startswith("ministry-example-")


def test_every_fault_is_told_at_once_with_its_line_and_a_remedy() -> None:
    wrong = """\
feeds:
  - url: paper.example
  - outlet: Nobody
  - url: https://paper.example/a
    countrie: FRA
    country: GB
    lang: eng
    priority: urgent
  - url: https://paper.example/a
    id: Not Good
"""
    with pytest.raises(Faults) as caught:
        parse_feeds("feeds.yaml", wrong)
    told = str(caught.value).splitlines()
    assert [line.split(":")[1] for line in told] == ["2", "3", "5", "6", "7", "8", "9", "10"]
    for word in ("http://", "missing", "did you mean 'country'", "did you mean 'GBR'", "ISO 639-1", "'wire'", "line 4"):
        assert word in str(caught.value)


def test_what_is_no_yaml_or_no_list_is_said(tmp_path: Path) -> None:
    for text in ("feeds: [", "feeds: 7", "- url: x"):
        with pytest.raises(Faults):
            parse_feeds("feeds.yaml", text)
    (tmp_path / "feeds.yaml").write_bytes(b"feeds: \xff\xfe")
    with pytest.raises(Faults, match="UTF-8"):
        load_feeds(tmp_path / "feeds.yaml")
    with pytest.raises(UserError, match="cannot be read"):
        load_feeds(tmp_path / "none.yaml")


def test_the_list_that_comes_along_is_sound_and_wide() -> None:
    feeds = load_feeds(None)
    assert len(feeds) >= 40
    assert len({feed.country for feed in feeds}) >= 30
    assert len({feed.lang for feed in feeds}) >= 10
    assert Counter(feed.priority for feed in feeds)[Priority.WIRE] >= 10
    assert sum(feed.official for feed in feeds) >= 15
    assert all(feed.outlet and feed.lang and feed.folder for feed in feeds)


OPML = b"""<?xml version="1.0"?>
<opml version="1.1" xmlns:x="http://x.example"><head><title>Mine</title></head><body>
<outline text="Europe"><outline text="Press" x:set="true">
<outline text="The Paper" xmlUrl="https://paper.example/rss.xml"/>
<outline title="The Gazette" xmlurl=" feed://gazette.example/rss "/>
<x:savedsearch name="none"/></outline></outline>
<outline text="Again" xmlUrl="https://paper.example/rss.xml?utm_source=x"/>
<outline text="A script" xmlUrl="|~/script.py"/>
<outline text="Escaped twice" xmlUrl="http://club.example/?a=1&amp;amp;b=2"/>
<outline text="Nothing"/>
</body></opml>"""


def test_opml_keeps_folders_and_names_what_it_leaves_out() -> None:
    found = read_opml("mine.opml", OPML)
    assert [(one.title, one.url, one.folder) for one in found.outlines] == [
        ("The Paper", "https://paper.example/rss.xml", ("Europe", "Press")),
        ("The Gazette", "http://gazette.example/rss", ("Europe", "Press")),
        ("Escaped twice", "http://club.example/?a=1&b=2", ()),
    ]
    again, script = found.passed_over
    assert (again.line, script.line) == (7, 8)
    assert "also on line 4" in again.text
    assert "no web address" in script.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html><body/></html>", id="a page"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"no XML at all", id="no XML"),
    ],
)
def test_what_is_no_opml_is_said(body: bytes) -> None:
    with pytest.raises(Faults, match="not OPML"):
        read_opml("mine.opml", body)


def test_opml_with_an_entity_opens_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush")
    body = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{tmp_path / "secret"}">]><opml><body><outline text="&x;" '
    found = read_opml("mine.opml", (body + 'xmlUrl="https://paper.example/"/></body></opml>').encode())
    assert "hush" not in str(found)


def test_broken_opml_gives_what_can_be_read() -> None:
    assert len(read_opml("mine.opml", OPML[:-40]).outlines) == 3


def test_what_is_exported_comes_back() -> None:
    feeds = load_feeds(None)
    back = read_opml("x.opml", write_opml(feeds)).outlines
    assert {(one.url, one.title, one.folder) for one in back} == {(one.url, one.outlet, one.folder) for one in feeds}


def test_adding_keeps_comments_and_order_and_adds_once() -> None:
    new = Feed(id="gazette", url="https://gazette.example/rss", outlet="Gazette", priority=Priority.HIGH)
    there = Feed(id="x", url="https://paper.example/rss.xml#again", outlet="Paper")
    text, fresh = added("feeds.yaml", LIST, [new, there])
    assert fresh == [new]
    assert text.startswith(LIST)
    assert parse_feeds("feeds.yaml", text)[-1] == new
    assert added("feeds.yaml", text, [new])[1] == []


@pytest.mark.parametrize("text", ["", "feeds:\n", "feeds: []\n", "# nothing yet\n"])
def test_adding_to_an_empty_list_begins_it(text: str) -> None:
    new = Feed(id="gazette", url="https://gazette.example/rss", outlet="Gazette")
    assert parse_feeds("feeds.yaml", added("feeds.yaml", text, [new])[0]) == [new]


@pytest.mark.parametrize("name", ["paper", "https://paper.example/rss.xml"])
def test_removing_takes_one_feed_by_id_or_url(name: str) -> None:
    text, feed = removed("feeds.yaml", LIST, name)
    assert feed.id == "paper"
    assert [one.outlet for one in parse_feeds("feeds.yaml", text)] == ["ministry.example"]
    assert "# a ministry" in text or "# mine" in text


def test_removing_what_is_not_there_is_said() -> None:
    with pytest.raises(UserError, match="no feed 'none'"):
        removed("feeds.yaml", LIST, "none")
