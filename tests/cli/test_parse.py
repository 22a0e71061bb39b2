"""`demarche parse`, through the program."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FEED = b"""<rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link><language>en</language>
<item><title>Envoy &lt;b&gt;summoned&lt;/b&gt;</title><link>/1</link><guid isPermaLink="false">g1</guid>
<description>A note was handed over.</description><pubDate>Tue, 03 Mar 2026 10:15:00 +0200</pubDate></item>
<item><title>Talks off</title><link>/2</link></item>
</channel></rss>"""


def run(*arguments: str | Path) -> tuple[int, list[dict[str, Any]], str]:
    """Status, lines of output, and what was said on standard error."""
    command = [sys.executable, "-m", "monitor", "parse", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_it_prints_one_item_a_line(tmp_path: Path) -> None:
    file = tmp_path / "wire.xml"
    file.write_bytes(FEED)
    status, lines, told = run(file)
    assert (status, told) == (0, "")
    assert lines[0].pop("id").startswith("wire.xml:")
    assert lines[0] == {
        "feed": "wire.xml",
        "lang": "en",
        "published": "2026-03-03T08:15:00Z",
        "date_source": "published",
        "url": "https://wire.example/1",
        "title": "Envoy summoned",
        "summary": "A note was handed over.",
        "content": "",
    }
    assert (lines[1]["title"], lines[1]["published"], lines[1]["date_source"]) == ("Talks off", None, "first_seen")


def test_ids_hold_from_run_to_run_and_belong_to_the_feed(tmp_path: Path) -> None:
    file = tmp_path / "wire.xml"
    file.write_bytes(FEED)
    url = "https://wire.example/rss"
    first, second = (run(file, "--url", url)[1] for _ in range(2))
    assert [line["id"] for line in first] == [line["id"] for line in second]
    assert len({line["id"] for line in first}) == 2
    assert all(line["id"].startswith(f"{line['feed']}:") for line in first)


def test_a_gzipped_file_is_inflated(tmp_path: Path) -> None:
    file = tmp_path / "wire.xml.gz"
    file.write_bytes(gzip.compress(FEED))
    status, lines, _ = run(file)
    assert (status, len(lines)) == (0, 2)


def test_the_content_type_names_the_charset(tmp_path: Path) -> None:
    file = tmp_path / "wire.xml"
    file.write_bytes(FEED.decode().replace("Talks off", "Посол отозван, переговоры прерваны").encode("koi8-r"))
    _, lines, _ = run(file, "--content-type", "text/xml; charset=koi8-r")
    assert lines[1]["title"] == "Посол отозван, переговоры прерваны"


def test_a_cut_document_says_so_and_keeps_its_whole_items(tmp_path: Path) -> None:
    file = tmp_path / "cut.xml"
    file.write_bytes(FEED[: FEED.index(b"Talks off") + 3])
    status, lines, told = run(file)
    assert (status, len(lines)) == (0, 1)
    assert told == f"{file}: partial: the document is cut; its whole items are kept, 1 of them\n"


def test_what_is_no_feed_ends_in_one_sentence_and_status_1(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(b"<!DOCTYPE html><html><body>News</body></html>")
    status, lines, told = run(file)
    assert (status, lines) == (1, [])
    assert told.startswith(f"{file}: not-a-feed: ")
    assert told.count("\n") == 1


def test_a_coding_without_bounded_decoder_is_refused(tmp_path: Path) -> None:
    for name in ("a.xml.br", "a.xml.zst"):
        file = tmp_path / name
        file.write_bytes(b"\x00")
        status, _, told = run(file)
        assert status == 1
        assert told.startswith(f"{file}: unsupported-encoding: ")


def test_a_file_that_is_not_there_is_said_clearly(tmp_path: Path) -> None:
    status, _, told = run(tmp_path / "none.xml")
    assert status == 1
    assert told == f"{tmp_path / 'none.xml'}: cannot be read: No such file or directory\n"
