"""`demarche backtest`: what would have been told of a file."""

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from monitor.cli.app import HOMES, program_of
from monitor.message import step
from monitor.message.codec import encode
from monitor.message.item import DateSource, Item
from monitor.message.step import Output
from monitor.stream.sqlite import open_owner

app = program_of(HOMES.values())

EXPELLED = {"kind": "diplomats-expelled", "source": "POL", "target": "BLR", "modality": "occurred"}
SUMMONED = {"kind": "envoy-summoned", "source": "POL", "target": "BLR", "modality": "occurred"}


def item(name: str, hour: int, title: str, *signals: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "lang": "en",
        "published": f"2031-05-01T{hour:02}:00:00Z",
        "outlet": f"outlet-{name}",
        "title": title,
        "summary": "",
        "signals": list(signals),
        "nobody": "knows this key",
        **more,
    }


ITEMS = [
    item("b", 12, "Poland expels three Belarusian diplomats", EXPELLED),
    item("a", 9, "Poland summons Belarusian ambassador over balloons", SUMMONED),
    item("c", 14, "Three Belarusian diplomats expelled by Poland", EXPELLED),
    item("d", 15, "Recipe of the day"),
]


def run(*words: object, fails: bool = False) -> str:
    result = CliRunner().invoke(app, ["backtest", *map(str, words)])
    assert (result.exit_code != 0) is fails, result.output + str(result.exception)
    return result.output + (str(result.exception) if fails else "")


def write(path: Path, items: list[dict[str, Any]]) -> Path:
    text = "\n".join(map(json.dumps, items))
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def test_a_line_for_each_thing_to_tell_in_order_of_time(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in run(write(tmp_path / "items.jsonl.gz", ITEMS), "--signals").splitlines()]
    assert [(line["reason"], line["kind"], line["level"], line["items"]) for line in lines] == [
        ("first", "envoy-summoned", "medium", ["a"]),
        ("escalated", "diplomats-expelled", "high", ["b"]),
    ]
    assert list(lines[0]) == [
        *("id", "incident", "message", "at", "reason", "kind", "kinds"),
        *("source", "target", "level", "modality", "items"),
    ]
    assert lines[0]["at"] == "2031-05-01T09:00:00Z"


def test_from_the_text_it_tells_the_same(tmp_path: Path) -> None:
    file = write(tmp_path / "items.jsonl", ITEMS)
    assert [json.loads(line)["kind"] for line in run(file).splitlines()] == ["envoy-summoned", "diplomats-expelled"]


def test_the_score_names_what_is_wrong(tmp_path: Path) -> None:
    known = [
        {"id": "i1", "source": "POL", "target": "BLR", "kinds": ["envoy-summoned"], "first": "a", "items": ["a", "d"]},
        {
            "id": "i2",
            "source": "POL",
            "target": "BLR",
            "kinds": ["diplomats-expelled"],
            "first": "b",
            "items": ["b", "c"],
            "climbs_from": "i1",
        },
        {"id": "i3", "source": "KOR", "target": "RUS", "kinds": ["threat"], "first": "x", "items": ["x"]},
    ]
    incidents = tmp_path / "incidents.json"
    incidents.write_text(json.dumps(known))
    said = run(write(tmp_path / "items.jsonl", ITEMS), "--signals", "--score", incidents)
    assert "items in their right incident   3 of 5 (60.0%)  d not in i1; x not in i3" in said
    assert "incidents told once as new      2 of 3 (66.7%)  missed: i3" in said
    assert "climbs told                     1 of 1 (100.0%)" in said
    assert "first from the first item       2 of 3" in said


def test_another_set_of_rules_is_compared(tmp_path: Path) -> None:
    file = write(tmp_path / "items.jsonl", ITEMS)
    folder = tmp_path / "rules"
    folder.mkdir()
    assert run(file, "--against", folder) == ""


def test_a_bad_file_is_told_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"id": "a", "published": "2031-05-01"}\nnonsense\n{"id": "b", "published": "soon"}\n')
    said = run(file, fails=True)
    assert f"{file}:2" in said
    assert f"{file}:3" in said
    assert "cannot be read" in run(tmp_path / "nothing.jsonl", fails=True)


def destinations(folder: Path, name: str = "monitor.yaml", **more: Any) -> Path:
    settings = {"stream": {"url": f"sqlite:///{folder}/demarche.db"}, **more}
    settings["destinations"] = {
        "desk": {"type": "slack", "url": "https://hooks.example/made-up"},
        "bot": {"type": "slack_bot", "token": "xoxb-made-up", "channel": "C0DIPLO01"},
    }
    (folder / name).write_text(json.dumps(settings))
    return folder / name


def test_a_destination_is_shown_what_it_would_have_been_sent(tmp_path: Path) -> None:
    file, settings = write(tmp_path / "items.jsonl", ITEMS), destinations(tmp_path)

    def sent(name: str) -> list[tuple[str, str, str]]:
        out = run(file, "--signals", "--destination", name, "--settings", settings)
        return [(one["kind"], one["reason"], one["form"]) for one in map(json.loads, out.splitlines())]

    assert sent("desk") == [("envoy-summoned", "first", "post"), ("diplomats-expelled", "escalated", "post")]
    assert sent("bot") == sent("desk")
    assert "there are desk, bot" in run(file, "--destination", "nobody", "--settings", settings, fails=True)


def test_other_settings_are_compared(tmp_path: Path) -> None:
    file, settings = write(tmp_path / "items.jsonl", ITEMS), destinations(tmp_path)
    other = destinations(tmp_path, "other.yaml", routes=[{"match": {"kind": "envoy-summoned"}, "to": "bot"}])
    compare = ("--signals", "--settings", settings, "--against", other)
    assert run(file, *compare) == ""
    (line,) = run(file, *compare, "--destination", "desk").splitlines()
    assert line.startswith("> ")
    assert json.loads(line[2:])["kind"] == "envoy-summoned"


def test_only_the_last_of_a_file_is_told_and_what_came_before_is_known(tmp_path: Path) -> None:
    again = item("e", 20, "Belarusian ambassador summoned by Poland over balloons", SUMMONED)
    file = write(tmp_path / "items.jsonl", [*ITEMS, again])
    (line,) = run(file, "--signals", "--since", "9h").splitlines()
    assert json.loads(line)["kind"] == "diplomats-expelled"
    assert run(file, "--signals", "--since", "1h") == ""


async def stored(folder: Path, *items: Item) -> None:
    stream = await open_owner(folder / "demarche.db")
    await stream.append([Output(step.ITEMS, one.id, encode(one)) for one in items])
    await stream.close()


def an_item(name: str, at: datetime, title: str, revision: str = "1") -> Item:
    return Item(
        id=name,
        revision=revision,
        feed="f",
        outlet=f"outlet-{name}",
        lang="en",
        published=at,
        first_seen=at,
        date_source=DateSource.PUBLISHED,
        title=title,
    )


def test_the_stream_tells_its_own_past(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    summons = an_item("a", now - timedelta(days=20), "Poland summons Belarusian ambassador over balloons")
    expulsion = an_item("b", now - timedelta(hours=4), "Poland expels three Belarusian diplomats")
    empty = an_item("c", now - timedelta(hours=2), "Recipe of the day")
    taken_back = an_item("b", now - timedelta(hours=1), "A headline that says nothing of it", revision="2")
    asyncio.run(stored(tmp_path, summons, expulsion, empty, taken_back))
    settings = destinations(tmp_path)

    def reasons(*words: str) -> list[str]:
        return [json.loads(line)["reason"] for line in run(*words, "--settings", settings).splitlines()]

    assert reasons() == ["first", "escalated", "retracted"]
    assert reasons("--since", "7d") == ["escalated", "retracted"]


def test_a_stream_without_items_says_so(tmp_path: Path) -> None:
    asyncio.run(stored(tmp_path))
    assert "holds no items" in run("--settings", destinations(tmp_path), fails=True)
    assert "name one" in run("--signals", "--settings", destinations(tmp_path), fails=True)


def estimated(*words: object) -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, ["estimate", *map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_an_estimate_counts_posts_by_destination(tmp_path: Path) -> None:
    second = item("e", 9, "Poland expels three Belarusian diplomats")
    second["published"] = "2031-05-04T09:00:00Z"
    file = write(tmp_path / "items.jsonl", [*ITEMS, second])
    route = {"match": {"kind": "diplomats-expelled"}, "to": "bot"}
    desk, bot = estimated(file, "--settings", destinations(tmp_path, routes=[route]))
    assert (desk["destination"], desk["posts"], desk["held"]) == ("desk", 0.33, {"no_route": 1})
    assert (bot["posts"], bot["busiest"], bot["busiest_day"]) == (0.67, 2, "2031-05-01")
    assert (bot["days"], bot["usual"], bot["digests"]) == (3.0, 0, 0.0)


def test_an_estimate_of_the_stream_is_said_in_words(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    asyncio.run(stored(tmp_path, an_item("a", now - timedelta(hours=30), "Poland summons Belarusian ambassador")))
    result = CliRunner().invoke(app, ["estimate", "--settings", str(destinations(tmp_path))])
    assert result.exit_code == 0
    assert "1 items" in result.output
    assert "desk (slack): 0.8 posts a day" in result.output
