"""One release after another, and both beside each other: what an earlier one wrote is gone on with, a later one's is
read or set aside.

`data/earlier.jsonl` was written by the program as it was some commits ago: its topics and the state of its stages,
with two alerts that a file has and that a webhook still waits for.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from consumers.classify import Rules, compile_rules
from consumers.classify.worker import Classifier
from consumers.correlate.worker import Correlator
from consumers.notify.notifier import Notifier
from consumers.notify.send import Way
from monitor.errors import PoisonRecord, UserError
from monitor.logs import logger
from monitor.message.alert import Alert, Reason
from monitor.message.codec import SCHEMA, decode_alert, decode_delivery, decode_item, decode_report, encode
from monitor.message.incident import decode_incident, decode_pair, decode_trace
from monitor.message.item import Item
from monitor.message.step import ALERTS, ITEMS, Output
from monitor.rules_folder import read_packs, rules_folder
from monitor.settings import Settings
from monitor.stage import Edge, run_stage
from monitor.stream import sqlite
from monitor.stream.contract import CLASSIFY, CORRELATE, NOTIFY, STAGES, TOPICS, Stream, dead
from monitor.tables import read_tables
from tests.notify.desk import settings_of
from tests.notify.server import Server, serving
from tests.stream.counting import Heard

EARLIER = [json.loads(line) for line in (Path(__file__).parent / "data/earlier.jsonl").read_text().splitlines()]
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
DECODERS = {"items": decode_item, "reports": decode_report, "alerts": decode_alert, "deliveries": decode_delivery}
STATES = {"incident": decode_incident, "item": decode_trace, "pair": decode_pair}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served


@cache
def the_rules() -> Rules:
    """Compiling them takes longer than all else here."""
    return compile_rules(read_packs())


@asynccontextmanager
async def taken_over(folder: Path) -> AsyncIterator[Stream]:
    """A stream as the earlier release left it: every stage had read all there was."""
    stream = await sqlite.open_owner(folder / "s.db", clock=lambda: NOW)
    for topic in TOPICS:
        of_topic = [one for one in EARLIER if one.get("topic") == topic]
        await stream.append([Output(topic, one["key"], json.dumps(one["value"]).encode()) for one in of_topic])
    for spec in STAGES:
        changes = {one["key"]: json.dumps(one["value"]).encode() for one in EARLIER if one.get("state") == spec.name}
        async with aclosing(stream.shares(spec)) as shares:
            share = await anext(shares)
            await (await share.read(1000, 0.0)).done([], changes)
    try:
        yield stream
    finally:
        await stream.close()


async def work(stream: Stream, server: Server, folder: Path) -> None:
    """Classify, correlate and notify all that there is, as this release does."""
    rules = the_rules()
    policy = Settings().incidents.policy(read_tables(rules_folder()))
    places = {"hook": {"type": "webhook", "url": f"{server.root}/hook"}}
    telling = settings_of({**places, "file": {"type": "file", "path": str(folder / "alerts.jsonl")}}, once=True)
    async with httpx.AsyncClient(trust_env=False) as client:
        way = Way(client, StringIO())
        for spec, hire in (
            (CLASSIFY, lambda _: Classifier(lambda: rules)),
            (CORRELATE, lambda _: Correlator(policy, rules.kinds, rules.names)),
            (NOTIFY, lambda _: Notifier(lambda: telling, way)),
        ):
            await run_stage(stream, spec, hire, Edge(lambda: NOW, asyncio.Event(), logger(), Heard(), once=True))  # type: ignore[arg-type]


async def alerts(stream: Stream) -> list[Alert]:
    told = [decode_alert(record.value) async for record in stream.read(ALERTS)]
    return [one for one in told if isinstance(one, Alert)]


def item(number: int, title: str, outlet: str, country: str) -> Item:
    first: Item = decode_item(json.dumps(EARLIER[0]["value"]).encode())
    at = NOW - timedelta(minutes=9)
    changed: dict[str, Any] = {
        "id": f"item-{number}",
        "outlet": outlet,
        "feed": outlet,
        "country": country,
        "title": title,
    }
    return msgspec.structs.replace(first, **changed, summary=f"{title}.", published=at, first_seen=at)


async def test_work_goes_on_where_an_earlier_release_left_off(tmp_path: Path, server: Server) -> None:
    async with taken_over(tmp_path) as stream:
        before = await alerts(stream)
        again = [one for one in EARLIER if one.get("topic") == "items"]
        await stream.append([Output(ITEMS, one["key"], json.dumps(one["value"]).encode()) for one in again])
        await work(stream, server, tmp_path)
        assert await alerts(stream) == before, "what was told is told to nobody again"
        waited = {one.headers["webhook-id"] for one in server.at("/hook")}
        assert waited == {one.id for one in before}, "what waited goes out, under its key"
        assert not (tmp_path / "alerts.jsonl").exists()

        more = [
            item(11, "Norway expels two Chilean diplomats", "Third Paper", "CHL"),
            item(12, "Norway expels two Chilean diplomats over spying", "Fourth Paper", "GBR"),
        ]
        await stream.append([Output(ITEMS, one.id, encode(one)) for one in more])
        await work(stream, server, tmp_path)
        (news,) = (await alerts(stream))[len(before) :]
        assert news.reason is Reason.CORROBORATED
        assert news.incident in {one.incident for one in before}, "the same incident, with the id that it had"
        assert json.loads((tmp_path / "alerts.jsonl").read_text())["type"] == "incident.updated"


def later(value: Any) -> Any:
    """The same with fields that this release does not know, in every object."""
    if isinstance(value, Mapping):
        return {**{key: later(one) for key, one in value.items()}, "of_a_later_release": {"x": [1]}}
    return [later(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("number", range(len(EARLIER)))
def test_fields_of_a_later_release_are_passed_over(number: int) -> None:
    one = EARLIER[number]
    if one.get("state") == "notify":
        from consumers.notify.state import decode
    else:
        decode = DECODERS[one["topic"]] if "topic" in one else STATES[one["key"].partition(":")[0]]  # type: ignore[assignment]
    known = decode(json.dumps(one["value"]).encode())
    value = later(one["value"])
    if one.get("state") == "notify" or one.get("topic") == "alerts":
        value = {**value, "type": one["value"]["type"]}
    assert decode(json.dumps(value).encode()) == known
    with pytest.raises(PoisonRecord, match="later release"):
        decode(json.dumps({**one["value"], "schema": SCHEMA + 1}).encode())


async def test_a_record_of_a_later_schema_is_set_aside_for_the_release_that_reads_it(
    tmp_path: Path, server: Server
) -> None:
    async with taken_over(tmp_path) as stream:
        new = {**EARLIER[0]["value"], "id": "item-9", "schema": SCHEMA + 1}
        await stream.append([Output(ITEMS, "item-9", json.dumps(new).encode())])
        await work(stream, server, tmp_path)
        (aside,) = [record async for record in stream.read(dead(ITEMS))]
        assert b"later release" in aside.value


@pytest.mark.parametrize(("stage", "key"), [("correlate", "incident:inc_1"), ("notify", "post/x")])
async def test_a_state_of_a_later_schema_ends_the_program_and_is_not_worked_on_without(
    stage: str, key: str, tmp_path: Path, server: Server
) -> None:
    sample = next(one for one in EARLIER if one.get("state") == stage and one["key"].startswith(key[:5]))
    value = json.dumps({**sample["value"], "schema": SCHEMA + 1}).encode()
    spec = next(one for one in STAGES if one.name == stage)
    async with taken_over(tmp_path) as stream:
        async with aclosing(stream.shares(spec)) as shares:
            await (await (await anext(shares)).read(0, 0.0)).done([], {key: value})
        with pytest.raises(ExceptionGroup) as ended:
            await work(stream, server, tmp_path)
        told = ended.value.exceptions[0]
        assert isinstance(told, UserError)
        assert "run the release that wrote it" in str(told)
