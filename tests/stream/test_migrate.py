"""From the file to Kafka with all that was known: nothing lost, nothing done twice."""

import asyncio
from collections.abc import Iterable

import pytest

from monitor.errors import Busy, UserError
from monitor.logs import logger
from monitor.message.step import ALERTS, ITEMS, REPORTS, Output
from monitor.stage import Edge, run_stage
from monitor.stream import sqlite
from monitor.stream.contract import CLASSIFY, CORRELATE, INGEST, StageSpec, Stream
from monitor.stream.migrate import migrate
from tests.stream.counting import Counting, Heard
from tests.stream.place import START, KafkaPlace, SqlitePlace, Ticking
from tests.stream.test_contract import only_share, read_all

pytestmark = pytest.mark.kafka


async def work(stream: Stream, spec: StageSpec, topic: str) -> None:
    edge = Edge(Ticking(), asyncio.Event(), logger(), Heard(), once=True)
    await run_stage(stream, spec, lambda share: Counting(share, topic), edge)


def shares_of(key: str) -> Iterable[int]:
    return {"feed:one": (1,), "feed:two": (2,)}.get(key, range(3))


async def test_work_goes_on_where_the_file_left_off(kafka_place: KafkaPlace, sqlite_place: SqlitePlace) -> None:
    clock = Ticking()
    names = [f"item-{number}" for number in range(60)]
    async with sqlite_place.worker(clock) as stream:
        await stream.append([Output(ITEMS, name, name.encode()) for name in names[:20]])
        await work(stream, CLASSIFY, REPORTS)
        clock.move(minutes=1)
        await stream.append([Output(ITEMS, name, name.encode()) for name in names[20:40]])
        await work(stream, CLASSIFY, REPORTS)
        async with only_share(stream, CORRELATE) as share:
            batch = await share.read(25, 1.0)
            told = [Output(ALERTS, one.key, f"{one.key} {n}".encode()) for n, one in enumerate(batch.records, 1)]
            await batch.done(told, {"count-0": b"25"})
        async with only_share(stream, INGEST) as share:
            changes = {"feed:one": b"1", "feed:two": b"2", "network": b"up"}
            await (await share.read(0, 0.0)).done([], changes)
        await stream.append([Output(ITEMS, name, name.encode()) for name in names[40:]])
    moved = await migrate(sqlite_place.path, kafka_place.settings, shares_of, logger())
    assert moved.records[ITEMS] == 60
    assert moved.records[ALERTS] == 25
    assert moved.keys == {"ingest": 3, "classify": 1, "correlate": 1, "notify": 0}
    async with kafka_place.worker() as stream:
        assert {one.key: one.at for one in await read_all(stream, ITEMS)}["item-30"] > START
        await work(stream, CLASSIFY, REPORTS)
        await work(stream, CORRELATE, ALERTS)
        told_of = [one.value.decode().split() for one in await read_all(stream, ALERTS)]
        assert sorted(name for name, _ in told_of) == sorted(names)
        assert [int(count) for _, count in told_of] == list(range(1, 61))
        assert await stream.state("ingest") == changes
        shares = stream.shares(INGEST)
        held = {share.number: await share.load() for share in [await anext(shares) for _ in range(3)]}
        await shares.aclose()
        assert held == {
            0: {"network": b"up"},
            1: {"feed:one": b"1", "network": b"up"},
            2: {"feed:two": b"2", "network": b"up"},
        }


async def test_topics_that_hold_something_are_left_alone(kafka_place: KafkaPlace, sqlite_place: SqlitePlace) -> None:
    async with sqlite_place.worker() as stream:
        await stream.append([Output(REPORTS, "a", b"of the file")])
    async with kafka_place.worker() as stream:
        await stream.append([Output(REPORTS, "a", b"of Kafka")])
        with pytest.raises(UserError, match=r"holds records already, in .*reports"):
            await migrate(sqlite_place.path, kafka_place.settings, shares_of, logger())
        assert [one.value for one in await read_all(stream, REPORTS)] == [b"of Kafka"]


async def test_a_file_that_a_process_works_on_is_left_alone(kafka_place: KafkaPlace, sqlite_place: SqlitePlace) -> None:
    owner = await sqlite.open_owner(sqlite_place.path)
    with pytest.raises(Busy):
        await migrate(sqlite_place.path, kafka_place.settings, shares_of, logger())
    await owner.close()


async def test_where_there_is_no_file_that_is_said(kafka_place: KafkaPlace, sqlite_place: SqlitePlace) -> None:
    with pytest.raises(UserError, match="no stream here to move"):
        await migrate(sqlite_place.path, kafka_place.settings, shares_of, logger())
