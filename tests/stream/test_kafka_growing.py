"""More partitions: no item is lost or worked on twice, and each feed's state is where its feed is polled."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from monitor.errors import Faults, UserError
from monitor.logs import logger
from monitor.message.step import ITEMS, REPORTS, Output
from monitor.stage import Edge, run_stage
from monitor.stream import kafka
from monitor.stream.contract import CLASSIFY, INGEST, Share, Stream
from monitor.stream.kafka import KafkaSettings
from monitor.stream.kafka.growing import grow
from tests.stream.counting import Counting, Heard
from tests.stream.place import START, KafkaPlace, Ticking
from tests.stream.test_contract import read_all

pytestmark = pytest.mark.kafka
FEW, MANY = 3, 7


def before(key: str) -> Iterable[int]:
    return (int(key.partition(":")[2]) % FEW,) if ":" in key else range(FEW)


def after(key: str) -> Iterable[int]:
    return (int(key.partition(":")[2]) % MANY,) if ":" in key else range(MANY)


@asynccontextmanager
async def opened(settings: KafkaSettings) -> AsyncIterator[Stream]:
    stream = await kafka.open_stream(settings, clock=Ticking())
    try:
        yield stream
    finally:
        await stream.close()


async def shares_of(stream: Stream, count: int) -> dict[int, dict[str, bytes]]:
    """What each share of ingest holds."""
    async with aclosing(stream.shares(INGEST)) as coming:
        shares: list[Share] = [await anext(coming) for _ in range(count)]
        return {share.number: await share.load() for share in shares}


async def work(stream: Stream) -> None:
    edge = Edge(Ticking(), asyncio.Event(), logger(), Heard(), once=True)
    await run_stage(stream, CLASSIFY, lambda share: Counting(share, REPORTS), edge)


def items(*names: str) -> list[Output]:
    return [Output(ITEMS, name, name.encode()) for name in names]


async def test_partitions_are_raised_and_nothing_is_lost_or_done_twice(kafka_place: KafkaPlace) -> None:
    few, many = kafka_place.settings, replace(kafka_place.settings, partitions=MANY)
    names = [f"item-{number}" for number in range(80)]
    states = {f"feed:{number}": b"%d" % number for number in range(20)} | {"network": b"up"}
    async with opened(few) as stream:
        await stream.append(items(*names[:40]))
        async with aclosing(stream.shares(INGEST)) as coming:
            for share in [await anext(coming) for _ in range(FEW)]:
                mine = {key: value for key, value in states.items() if share.number in before(key)}
                await (await share.read(0, 0.0)).done([], mine)
        with pytest.raises(UserError, match="40 items are not classified yet"):
            await grow(many, after, START)
        await work(stream)
    with pytest.raises(Faults, match=r"has 3 partitions, stream\.partitions wants 7"):
        async with opened(many):
            pass
    grown = await grow(many, after, START)
    assert (grown.before, grown.now) == (FEW, MANY)
    assert (await grow(many, after, START)).moved == 0, "it may be run again"
    async with opened(many) as stream:
        await stream.append(items(*names[40:]))
        await work(stream)
        reports = await read_all(stream, REPORTS)
        assert sorted(one.key for one in reports) == sorted(names)
        held = await shares_of(stream, MANY)
        assert held == {n: {k: v for k, v in states.items() if n in after(k)} for n in range(MANY)}
        assert {record.partition for record in await read_all(stream, ITEMS)} > set(range(FEW))
        for name in (names[0], names[7], names[-1]):
            assert [record.key for record in await stream.find(ITEMS, name)] == [name]
    with pytest.raises(UserError, match="never lowered"):
        await grow(few, before, START)


async def test_it_waits_for_nobody_who_works(kafka_place: KafkaPlace) -> None:
    async with kafka_place.worker() as stream, aclosing(stream.shares(CLASSIFY)) as coming:
        await anext(coming)
        with pytest.raises(UserError, match="classify still run"):
            await grow(replace(kafka_place.settings, partitions=MANY), after, START)
