"""`demarche backtest`: what would have been told of a file."""

import gzip
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from monitor.cli.app import HOMES, program_of

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
