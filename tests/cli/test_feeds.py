"""`demarche feeds`, from the command line on."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from monitor.cli.app import HOMES, program_of
from monitor.errors import UserError
from monitor.ingest.discover import PLACES, feeds_of
from monitor.ingest.enter import Terms, enter
from monitor.ingest.feed import Feed
from monitor.ingest.reply import Failed, Fault, Fetch, Polled
from monitor.ingest.schedule import Pace
from monitor.ingest.state import FEED, FeedState, pack
from monitor.settings.feeds import load_feeds
from monitor.stream.contract import INGEST
from monitor.stream.sqlite import open_owner
from tests.ingest.paper import Story, rss
from tests.ingest.rig import START

app = program_of(HOMES.values())

PAGE = b"""<html><head><base href="/news/"><link rel="stylesheet" href="x.css">
<link rel="alternate" type="application/rss+xml" href="feed.xml"></head>
<body><a href="/rss/all">RSS</a></body></html>"""
PAGES = {
    "/": (PAGE, "text/html"),
    "/news/feed.xml": (rss([Story(guid="1", link="https://paper.example/1", at=START)]), "application/rss+xml"),
    "/named": (b"<a href='/comments/x.xml'>Comment feed</a><a href='/news/feed.xml'>Our <b>RSS</b></a>", "text/html"),
    "/atom.xml": (rss([Story(guid="2", link="https://paper.example/2", at=START)]), "application/rss+xml"),
    "/lone": (b"<html><body>Nothing of the sort here.</body></html>", "text/html"),
}


@pytest.fixture
def site() -> Iterator[str]:
    """A small site, in a thread, as commands have loops of their own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            poor = self.headers["Host"].startswith("localhost") and self.path in PLACES  # a site without a feed
            body, kind = PAGES.get("" if poor else self.path, (b"", "text/plain"))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - {url: 'https://paper.example/rss', id: paper, outlet: Paper}\n")
    (tmp_path / "monitor.yaml").write_text(
        f"feeds: feeds.yaml\nstream: {{url: 'sqlite:///{tmp_path}/stream.db'}}\ningest: {{allow_private: true}}\n"
    )
    return tmp_path


def run(here: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["feeds", *words, "--settings", str(here / "monitor.yaml")])


def test_check_tells_all_and_fails_where_one_is_not_well(here: Path, site: str) -> None:
    good = run(here, "check", f"{site}/news/feed.xml")
    assert good.exit_code == 0, good.output
    for word in ("ok", "rss-2.0", "1 dated", "Envoy called in over border shots", "next poll"):
        assert word in good.output
    bad = run(here, "check", f"{site}/news/feed.xml", f"{site}/")
    assert bad.exit_code == 1
    assert "HTML instead of a feed" in bad.output


def test_add_finds_the_feed_of_a_page_once(here: Path, site: str) -> None:
    result = run(here, "add", f"{site}/", "--country", "KOR", "--priority", "wire")
    assert result.exit_code == 0, result.output
    feed = load_feeds(here / "feeds.yaml")[-1]
    assert (feed.url, feed.outlet, feed.country, feed.priority) == (f"{site}/news/feed.xml", "Paper", "KOR", "wire")
    assert isinstance(run(here, "add", f"{site}/").exception, UserError)


def test_add_finds_what_is_only_called_a_feed_and_tells_of_the_others(here: Path, site: str) -> None:
    result = run(here, "add", f"{site}/named")
    assert result.exit_code == 0, result.output
    assert load_feeds(here / "feeds.yaml")[-1].url == f"{site}/news/feed.xml"
    assert f"the page also names {site}/comments/x.xml" in result.output


def test_add_looks_where_feeds_often_lie(here: Path, site: str) -> None:
    assert run(here, "add", f"{site}/lone").exit_code == 0
    assert load_feeds(here / "feeds.yaml")[-1].url == f"{site}/atom.xml"


@pytest.mark.parametrize(
    ("path", "said"),
    [("/lone", "names none"), ("/gone", "HTTP 404")],
)
def test_add_says_why_there_is_nothing_to_add(here: Path, site: str, path: str, said: str) -> None:
    result = run(here, "add", site.replace("127.0.0.1", "localhost") + path)
    assert isinstance(result.exception, UserError)
    assert said in str(result.exception)


def test_add_tells_what_was_written_wrong(here: Path, site: str) -> None:
    result = run(here, "add", f"{site}/", "--country", "KO")
    assert "--country: unknown country 'KO'" in str(result.exception)


def test_remove_import_and_export(here: Path) -> None:
    (here / "more.opml").write_text(
        "<opml><body><outline text='Gazette' xmlUrl='https://g.example/rss'/></body></opml>"
    )
    assert "added 1 feeds" in run(here, "import", str(here / "more.opml")).output
    assert run(here, "remove", "paper").exit_code == 0
    assert [feed.outlet for feed in load_feeds(here / "feeds.yaml")] == ["Gazette"]
    assert 'xmlUrl="https://g.example/rss"' in run(here, "export").output


def test_list_before_anything_ran_shows_the_feeds(here: Path) -> None:
    result = run(here, "list")
    assert result.exit_code == 0
    assert "not polled yet" in result.output


def test_list_shows_trouble_first(here: Path) -> None:
    (here / "feeds.yaml").write_text(
        "feeds:\n  - {url: 'https://a.example/rss', id: a-new}\n  - {url: 'https://b.example/rss', id: b-bad}\n"
    )
    feed = Feed(id="b-bad", url="https://b.example/rss", outlet="b")
    polled = Polled(Fetch("b-bad", feed.url), Failed(Fault.CERTIFICATE, "expired"))
    state = enter(feed, FeedState(), b"", polled, Terms(Pace(60, 60), 1), START).state

    async def keep() -> None:
        stream = await open_owner(here / "stream.db")
        shares = stream.shares(INGEST)
        share = await anext(shares)
        await (await share.read(1, 0)).done((), {FEED + "b-bad": pack(state)})
        await shares.aclose()  # type: ignore[attr-defined]
        await stream.close()

    asyncio.run(keep())
    rows = [json.loads(line) for line in run(here, "list", "--json").output.splitlines()]
    assert [(row["id"], row["state"], row["well"]) for row in rows] == [
        ("b-bad", "certificate trouble", False),
        ("a-new", "not polled yet", True),
    ]
    table = run(here, "list").output
    assert table.index("b-bad") < table.index("a-new")
    assert "back-off after failures" in table
    assert "0 of 2 feeds well: 1 certificate trouble, 1 not polled yet" in table


def test_feeds_of_a_page_are_resolved_against_its_base() -> None:
    assert feeds_of(PAGE, "https://paper.example/") == [
        "https://paper.example/news/feed.xml",
        "https://paper.example/rss/all",
    ]
