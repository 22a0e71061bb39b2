"""A decision of an operator becomes a labelled item by which rules are measured."""

import asyncio
import json
from contextlib import aclosing
from pathlib import Path

from typer.testing import CliRunner

from monitor.cli.app import HOMES, program_of
from monitor.message.codec import encode
from monitor.message.item import DateSource, Item
from monitor.message.order import Order, OrderKind
from monitor.message.step import ITEMS, REPORTS, Output
from monitor.stream.contract import CORRELATE
from monitor.stream.sqlite import open_owner
from tests.correlate.desk import Desk, at, report

app = program_of(HOMES.values())
COURT = report("court", at(1, 9), "daily/IND", "Delhi court summons envoy", "IND>CAN envoy-summoned", "IND>CAN threat")
REAL = report("real", at(1, 9), "wire/KOR", "Seoul summons Russian ambassador", "KOR>RUS envoy-summoned")


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [*map(str, words)])
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.output


async def stored(folder: Path) -> Path:
    """A stream in which one of two incidents was corrected; the item behind it tells of a threat too, in another."""
    desk = Desk()
    (told,) = desk.hear(COURT)[:1]
    desk.hear(
        REAL, Order(id="o", kind=OrderKind.CORRECT, at=at(2), why="a court, no government", subject=told.incident)
    )
    stream = await open_owner(folder / "demarche.db")
    outputs = [Output(ITEMS, one.item, encode(_item(one.item, one.title))) for one in (COURT, REAL)]
    await stream.append([*outputs, *(Output(REPORTS, one.item, encode(one)) for one in (COURT, REAL))])
    async with aclosing(stream.shares(CORRELATE)) as shares:
        share = await anext(shares)
        await (await share.read(0, 0)).done([], desk.state)
    await stream.close()
    settings = folder / "monitor.yaml"
    settings.write_text(f"stream:\n  url: sqlite:///{folder / 'demarche.db'}\n", encoding="utf-8")
    return settings


def _item(name: str, title: str) -> Item:
    return Item(
        id=name,
        revision="1",
        feed="daily",
        outlet="daily",
        country="IND",
        lang="en",
        published=at(1, 9),
        date_source=DateSource.PUBLISHED,
        first_seen=at(1, 9),
        url=f"https://daily.example/{name}",
        title=title,
        summary="He was called to testify.",
        content="",
    )


def test_what_was_corrected_is_a_labelled_item_without_the_act(tmp_path: Path) -> None:
    settings = asyncio.run(stored(tmp_path))
    lines = run("export", "--labels", "--settings", settings).splitlines()
    (line,) = map(json.loads, lines)
    assert (line["id"], line["title"], line["summary"]) == (
        "court",
        "Delhi court summons envoy",
        "He was called to testify.",
    )
    assert (line["signals"], line["note"]) == ([], "a court, no government")
    file = tmp_path / "decided.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert "(0 of 1 items with nothing to alert on)" in run("rules", "score", file)
