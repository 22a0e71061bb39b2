"""The list of feeds is read anew when its file changes or when asked; a broken one changes nothing, and says why."""

import io
import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.feeds_in_force import FeedsInForce
from monitor.logs import configure, logger
from monitor.settings.feeds import load_feeds
from tests.ingest.rig import START, soon

ONE = "feeds:\n  - {id: a, url: 'https://a.example/rss'}\n"
TWO = ONE + "  - {id: b, url: 'https://b.example/rss', priority: wire}\n"
OPML = "<opml><body><outline text='Gazette' xmlUrl='https://g.example/rss'/></body></opml>"


@dataclass
class Desk:
    """A folder with a list, and what was logged."""

    file: Path
    log: io.StringIO = field(default_factory=io.StringIO)
    now: datetime = START
    made: FeedsInForce | None = None

    def write(self, text: str, file: Path | None = None) -> None:
        (file or self.file).write_text(text)
        os.utime(file or self.file, (self.now.timestamp(), self.now.timestamp()))

    def begin(self) -> FeedsInForce:
        configure("info", self.log, "json")
        self.made = FeedsInForce(
            lambda: self.file if self.file.exists() else None, load_feeds, lambda: self.now, logger()
        )
        return self.made

    def ids(self) -> list[str]:
        assert self.made
        return [feed.id for feed in self.made()]

    def said(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "feeds.yaml")
    made.write(ONE)
    made.begin()
    made.now += soon(minutes=1)
    return made


def test_a_changed_file_is_read_at_the_next_look_and_once(desk: Desk) -> None:
    assert desk.made
    before = desk.made()
    desk.made.look()
    assert desk.made() is before
    desk.write(TWO)
    desk.now += soon(seconds=2)
    desk.made.look()
    desk.made.look()
    assert desk.ids() == ["a", "b"]
    assert [(line["event"], line["added"], line["removed"], line["changed"]) for line in desk.said()] == [
        ("feeds.reloaded", ["b"], [], [])
    ]


def test_a_file_that_is_still_written_to_waits_for_the_next_look(desk: Desk) -> None:
    assert desk.made
    desk.write(TWO)
    desk.now += soon(seconds=0.5)
    desk.made.look()
    assert desk.ids() == ["a"]
    desk.now += soon(seconds=5)
    desk.made.look()
    assert desk.ids() == ["a", "b"]


def test_asked_for_it_is_read_at_once(desk: Desk) -> None:
    assert desk.made
    desk.write(TWO.replace("id: a", "id: c"))
    desk.made.reload()
    assert desk.ids() == ["c", "b"]
    assert (desk.said()[0]["removed"], desk.said()[0]["added"]) == (["a"], ["b", "c"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("feeds: [\n", "not YAML", id="no YAML"),
        pytest.param(TWO.replace("b.example", "a.example"), "is also on line 2", id="twice"),
        pytest.param("feeds:\n  - {url: 'ftp://a.example/'}\n", "no web address", id="no web address"),
        pytest.param("", "lists no feed", id="cut to nothing"),
    ],
)
def test_a_broken_list_changes_nothing_and_is_said_once(desk: Desk, text: str, why: str) -> None:
    assert desk.made
    desk.write(text)
    desk.now += soon(seconds=2)
    desk.made.look()
    desk.made.look()
    assert desk.ids() == ["a"]
    (line,) = desk.said()
    assert (line["event"], line["level"], line["kept"]) == ("feeds.refused", "error", 1)
    assert why in line["why"]
    desk.write(TWO)
    desk.now += soon(seconds=2)
    desk.made.look()
    assert desk.ids() == ["a", "b"]


def test_a_list_that_is_gone_stays_in_force(desk: Desk) -> None:
    assert desk.made
    desk.file.unlink()
    desk.made.look()
    desk.made.look()
    assert desk.ids() == ["a"]
    (line,) = desk.said()
    assert "is gone" in line["why"]


def test_a_list_that_first_appears_takes_the_place_of_the_one_that_comes_along(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "feeds.yaml")
    assert len(desk.begin()()) > 50
    desk.write(ONE)
    desk.now += soon(seconds=2)
    assert desk.made
    desk.made.look()
    assert desk.ids() == ["a"]


def test_opml_is_read_anew_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "feeds.opml")
    desk.write(OPML)
    assert [feed.outlet for feed in desk.begin()()] == ["Gazette"]
    desk.now += soon(minutes=1)
    desk.write(OPML.replace("Gazette", "Courier"))
    desk.now += soon(seconds=2)
    assert desk.made
    desk.made.look()
    assert [feed.outlet for feed in desk.made()] == ["Courier"]
    assert len(desk.said()[0]["changed"]) == 1
