"""What the analyst's commands print, over a stream that correlate wrote."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.app import HOMES, program_of
from monitor.cli.casebook import brief, read_casebook
from monitor.message.codec import decode_report
from monitor.message.order import Order, OrderKind
from monitor.message.step import REPORTS
from monitor.stream.contract import CORRELATE
from monitor.stream.sqlite import open_owner, open_reader
from tests.correlate.desk import Desk, at, default_policy, report, tables

app = program_of(HOMES.values())

Command = Callable[..., str]


def story() -> Desk:
    desk = Desk()
    desk.hear(
        report("a", at(1, 9), "wire/KOR", "Seoul summons envoy over radars", "KOR>RUS envoy-summoned"),
        report("b", at(1, 10), "daily/USA", "Envoy called in", "KOR>RUS envoy-summoned"),
        report("c", at(2, 9), "wire/KOR", "Moscow recalls ambassador", "RUS>KOR envoy-recalled"),
        report("d", at(2, 10), "wire/KOR", "Lima condemns La Paz", "PER>BOL condemnation"),
    )
    return desk


@pytest.fixture
async def command(tmp_path: Path) -> Command:
    """Run a command beside a stream file in which the story's state stands."""
    file = tmp_path / "demarche.db"
    stream = await open_owner(file)
    async with aclosing(stream.shares(CORRELATE)) as shares:
        share = await anext(shares)
        await (await share.read(10, 0)).done([], story().state)
    await stream.close()
    settings = tmp_path / "monitor.yaml"
    settings.write_text(f"stream:\n  url: sqlite:///{file}\n", encoding="utf-8")

    def run(*words: str, fails: bool = False) -> str:
        result = CliRunner().invoke(app, [*words, "--settings", str(settings)])
        assert (result.exit_code != 0) is fails, result.output + str(result.exception)
        return result.output + (str(result.exception) if fails else "")

    return run


def test_a_casebook_knows_where_a_pair_stands() -> None:
    book = read_casebook(story().state, tables().kinds, tables().names, default_policy())
    (row,) = (row for row in book.rows(at(1)) if row.pair == "KOR-RUS")
    assert (row.level, [case.kind for case in row.cases]) == ("high", ["envoy-summoned", "envoy-recalled"])
    assert [case.kind for case in brief(book, at(1))] == ["envoy-recalled", "envoy-summoned"]
    assert brief(book, at(3)) == []


def test_incidents_are_listed_the_latest_first(command: Command) -> None:
    lines = command("incidents", "list").splitlines()
    assert [line.split("  ")[1].strip() for line in lines] == ["HIGH", "MEDIUM"]
    assert "Russia recalls its ambassador from South Korea" in lines[0]
    assert json.loads(command("incidents", "list", "--json").splitlines()[1])["items"] == ["a", "b"]
    assert command("incidents", "list", "--pair", "PER-BOL") == ""
    assert len(command("incidents", "list", "--min-level", "low").splitlines()) == 3


def test_one_incident_is_shown_with_all_who_told_it(command: Command) -> None:
    incident = json.loads(command("incidents", "list", "--json").splitlines()[1])["id"]
    shown = command("incidents", "show", incident[-6:])
    assert "Seoul summons envoy over radars" in shown
    assert "https://daily.example/b" in shown
    assert "no incident nowhere is known" in command("incidents", "show", "nowhere", fails=True)


def test_a_pair_is_shown_with_its_level_and_tension(command: Command) -> None:
    assert command("pairs", "kor-rus").startswith(
        "KOR-RUS  HIGH      tension -9.8, watching since 2031-05-01  2 incidents\n"
    )
    assert [json.loads(line)["pair"] for line in command("pairs", "--json").splitlines()] == ["KOR-RUS", "BOL-PER"]
    assert "'KOR' is no pair" in command("pairs", "KOR", fails=True)


def test_the_brief_has_what_was_told(command: Command) -> None:
    assert len(command("brief", "--since", "8h").splitlines()) == 2


def test_an_export_has_a_row_for_each_incident(command: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(command("export"))))
    assert [(row["source"], row["target"], row["cameo"], row["weight"]) for row in rows] == [
        ("KOR", "RUS", "110", "-4.0"),
        ("RUS", "KOR", "161", "-6.0"),
        ("PER", "BOL", "111 112", "-2.0"),
    ]
    assert len(command("export", "--format", "jsonl").splitlines()) == 3


async def test_an_order_is_appended_for_correlate(command: Command, tmp_path: Path) -> None:
    said = await asyncio.to_thread(_retract_first, command)
    assert "retract ordered; whoever was told will be told so" in said
    stream = await open_reader(tmp_path / "demarche.db")
    orders = [decode_report(record.value) async for record in stream.read(REPORTS)]
    await stream.close()
    (order,) = orders
    assert isinstance(order, Order)
    assert (order.kind, order.why) == (OrderKind.RETRACT, "satire")


def _retract_first(command: Command) -> str:
    incident = json.loads(command("incidents", "list", "--json").splitlines()[0])["id"]
    assert "say why" in command("incidents", "correct", incident, "--why", " ", fails=True)
    return command("incidents", "retract", incident, "--why", "satire")
