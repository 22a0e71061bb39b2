"""What every stream promises, on each of them. See monitor/stream/contract.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from monitor.errors import Lost, PoisonRecord, UserError
from monitor.message.step import ALERTS, DELIVERIES, ITEMS, REPORTS, Output
from monitor.stream.contract import (
    CLASSIFY,
    CORRELATE,
    INGEST,
    NOTIFY,
    RECORD_LIMIT,
    Batch,
    Record,
    Share,
    StageSpec,
    Stream,
    dead,
)
from tests.stream.place import START, Place, Ticking

PATIENCE = 20.0  # seconds; never waited for where all is well


@asynccontextmanager
async def only_share(stream: Stream, spec: StageSpec) -> AsyncIterator[Share]:
    """The share of a stage that has one, given back at the end."""
    async with aclosing(stream.shares(spec)) as shares:
        async with asyncio.timeout(PATIENCE):
            share = await anext(shares)
        yield share


async def read_all(stream: Stream, topic: str) -> list[Record]:
    return [record async for record in stream.read(topic)]


async def values(stream: Stream, topic: str) -> list[bytes]:
    return [record.value for record in await read_all(stream, topic)]


async def some(share: Share, limit: int = 100) -> Batch:
    """The next batch that has records."""
    async with asyncio.timeout(PATIENCE):
        while not (batch := await share.read(limit, 1.0)).records:
            pass
    return batch


def reports(*names: str) -> list[Output]:
    return [Output(REPORTS, name, name.encode()) for name in names]


async def test_records_are_read_in_the_order_they_were_written(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b"))
        await stream.append(reports("c"))
        read = await read_all(stream, REPORTS)
    assert [(record.topic, record.partition, record.key, record.value) for record in read] == [
        (REPORTS, 0, "a", b"a"),
        (REPORTS, 0, "b", b"b"),
        (REPORTS, 0, "c", b"c"),
    ]
    assert read[0].offset < read[1].offset < read[2].offset
    assert [record.at for record in read] == [START] * 3


async def test_a_finished_batch_is_there_with_outputs_changes_and_position(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b", "c"))
        async with only_share(stream, CORRELATE) as share:
            batch = await some(share, 2)
            assert [record.value for record in batch.records] == [b"a", b"b"]
            await batch.done([Output(ALERTS, "k", b"alert")], {"incident": b"1"})
            assert [record.value for record in (await some(share)).records] == [b"c"]
    async with place.worker() as stream:
        assert await values(stream, ALERTS) == [b"alert"]
        assert await stream.state("correlate") == {"incident": b"1"}
        async with only_share(stream, CORRELATE) as share:
            assert await share.load() == {"incident": b"1"}
            assert [record.value for record in (await some(share)).records] == [b"c"]


async def test_a_batch_that_is_not_finished_comes_again(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b"))
        async with only_share(stream, CORRELATE) as share:
            first = await some(share)
            again = await some(share, 1)
            assert [record.value for record in again.records] == [b"a"]
            with pytest.raises(RuntimeError):
                await first.done([], {})
            await again.done([], {})
            assert [record.value for record in (await some(share)).records] == [b"b"]


async def test_the_next_batch_may_be_read_while_one_is_being_finished(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b", "c"))
        async with only_share(stream, CORRELATE) as share:
            first = await some(share, 1)
            finishing = asyncio.ensure_future(first.done([Output(ALERTS, "k", b"1")], {"a": b"1"}))
            await asyncio.sleep(0)
            second = await some(share, 1)
            assert [record.value for record in second.records] == [b"b"]
            await finishing
            assert await share.lag() == 2
            await second.done([Output(ALERTS, "k", b"2")], {"b": b"1"})
            assert [record.value for record in (await some(share)).records] == [b"c"]
            assert await share.load() == {"a": b"1", "b": b"1"}
        assert await values(stream, ALERTS) == [b"1", b"2"]


async def test_batches_are_finished_in_the_order_in_which_they_were_read(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b"))
        async with only_share(stream, CORRELATE) as share:
            first = await some(share, 1)
            finishing = asyncio.ensure_future(first.done([Output(ALERTS, "k", b"1")], {}))
            await asyncio.sleep(0)
            second = await some(share, 1)
            if not finishing.done():
                with pytest.raises(RuntimeError):
                    await second.done([Output(ALERTS, "k", b"2")], {})
            await finishing
            await second.done([Output(ALERTS, "k", b"2")], {})
        assert await values(stream, ALERTS) == [b"1", b"2"]


async def test_a_batch_is_finished_once(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a"))
        async with only_share(stream, CORRELATE) as share:
            batch = await some(share)
            await batch.done([Output(ALERTS, "k", b"1")], {})
            with pytest.raises(RuntimeError):
                await batch.done([Output(ALERTS, "k", b"1")], {})
        assert await values(stream, ALERTS) == [b"1"]


async def test_a_batch_without_records_writes_outputs_and_changes(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a"))
        async with only_share(stream, CORRELATE) as share:
            batch = await share.read(0, 0.0)
            assert list(batch.records) == []
            await batch.done([Output(ALERTS, "k", b"digest")], {"told": b"1"})
            assert [record.value for record in (await some(share)).records] == [b"a"]
        assert await values(stream, ALERTS) == [b"digest"]
        assert await stream.state("correlate") == {"told": b"1"}


async def test_a_key_is_forgotten_and_changed(place: Place) -> None:
    async with place.worker() as stream, only_share(stream, CORRELATE) as share:
        await (await share.read(0, 0.0)).done([], {"a": b"1", "b": b"1", "c": b"1"})
        await (await share.read(0, 0.0)).done([], {"a": None, "b": b"2", "never": None})
        assert await share.load() == {"b": b"2", "c": b"1"}
        assert await stream.state("correlate") == {"b": b"2", "c": b"1"}


async def test_state_of_one_stage_is_hidden_from_another(place: Place) -> None:
    async with place.worker() as stream:
        async with only_share(stream, CORRELATE) as share:
            await (await share.read(0, 0.0)).done([], {"k": b"correlate"})
        async with only_share(stream, NOTIFY) as share:
            assert await share.load() == {}


async def test_a_read_that_waits_is_woken_by_a_record(place: Place) -> None:
    async with place.worker() as stream, only_share(stream, CORRELATE) as share:
        reading = asyncio.create_task(some(share))
        await stream.append(reports("a"))
        batch = await reading
        assert [record.value for record in batch.records] == [b"a"]


async def test_wake_ends_a_read_that_waits_and_the_next_one(place: Place) -> None:
    async with place.worker() as stream, only_share(stream, CORRELATE) as share:
        async with asyncio.timeout(PATIENCE):
            reading = asyncio.create_task(share.read(10, 1000.0))
            await asyncio.sleep(0)
            share.wake()
            assert list((await reading).records) == []
            share.wake()
            assert list((await share.read(10, 1000.0)).records) == []
            await stream.append(reports("a"))
            assert [record.value for record in (await some(share)).records] == [b"a"]


async def test_lag_counts_what_is_not_finished(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b", "c"))
        async with only_share(stream, CORRELATE) as share:
            assert await share.lag() == 3
            batch = await some(share, 2)
            await batch.done([Output(ALERTS, "k", b"1")], {})
            assert await share.lag() == 1
            await (await some(share)).done([], {})
            assert await share.lag() == 0


async def test_lag_of_a_stage_behind_an_atomic_one_comes_to_nothing(place: Place) -> None:
    async with place.worker() as stream:
        async with only_share(stream, CORRELATE) as share:
            await (await share.read(0, 0.0)).done([Output(ALERTS, "k", b"1")], {})
        async with only_share(stream, NOTIFY) as share:
            await (await some(share)).done([], {})
            async with asyncio.timeout(PATIENCE):
                while await share.lag():
                    assert list((await share.read(100, 0.1)).records) == []


async def test_a_share_that_was_given_back_is_lost(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a"))
        async with only_share(stream, CORRELATE) as share:
            batch = await some(share)
        with pytest.raises(Lost):
            await share.read(1, 0.0)
        with pytest.raises(Lost):
            await batch.done([Output(ALERTS, "k", b"1")], {})
        assert await values(stream, ALERTS) == []


async def test_a_second_worker_of_one_stage_waits_until_the_share_is_free(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b"))
        async with only_share(stream, CORRELATE) as share:
            await (await some(share, 1)).done([], {"seen": b"a"})
            shares = stream.shares(CORRELATE)
            standby = asyncio.ensure_future(anext(shares))
        async with aclosing(shares), asyncio.timeout(PATIENCE):
            share = await standby
            assert await share.load() == {"seen": b"a"}
            assert [record.value for record in (await some(share)).records] == [b"b"]


async def test_a_commit_that_was_cancelled_costs_the_share_and_it_is_given_again(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a"))
        async with aclosing(stream.shares(CORRELATE)) as shares:
            share = await anext(shares)
            batch = await some(share)
            finishing = asyncio.ensure_future(batch.done([Output(ALERTS, "k", b"1")], {"done": b"1"}))
            await asyncio.sleep(0)
            finishing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await finishing
            with pytest.raises(Lost):
                await share.read(1, 0.0)
            async with asyncio.timeout(PATIENCE):
                share = await anext(shares)
            state = await share.load()
            written = state == {"done": b"1"}
            assert await values(stream, ALERTS) == ([b"1"] if written else [])
            if not written:
                assert [record.value for record in (await some(share)).records] == [b"a"]


@pytest.mark.parametrize("spec", [CORRELATE, INGEST], ids=["atomic", "not atomic"])
async def test_a_record_that_is_too_large_is_refused_before_anything_is_written(place: Place, spec: StageSpec) -> None:
    large = bytes(RECORD_LIMIT + 1)
    async with place.worker() as stream:
        async with only_share(stream, spec) as share:
            batch = await share.read(0, 0.0)
            with pytest.raises(PoisonRecord, match="too large"):
                await batch.done([Output(ALERTS, "k", b"small"), Output(ALERTS, "k", large)], {"k": b"1"})
            with pytest.raises(PoisonRecord, match="state too large"):
                await batch.done([Output(ALERTS, "k", b"small")], {"k": large})
            await batch.done([Output(ALERTS, "k", b"after")], {"k": b"2"})
        with pytest.raises(PoisonRecord):
            await stream.append([Output(ALERTS, "k", b"small"), Output(ALERTS, "k", large)])
        assert await values(stream, ALERTS) == [b"after"]
        assert await stream.state(spec.name) == {"k": b"2"}


async def test_a_record_as_large_as_allowed_goes_through(place: Place) -> None:
    value = b"x" * (RECORD_LIMIT - 1)
    async with place.worker() as stream:
        await stream.append([Output(REPORTS, "k", value)])
        async with only_share(stream, CORRELATE) as share:
            batch = await some(share)
            assert batch.records[0].value == value
            await batch.done([Output(ALERTS, "k", value)], {"k": value})
        assert await values(stream, ALERTS) == [value]
        assert await stream.state("correlate") == {"k": value}


async def test_ingest_has_shares_without_input(place: Place) -> None:
    async with place.worker() as stream:
        async with aclosing(stream.shares(INGEST)) as shares:
            given: dict[int, Share] = {}
            async with asyncio.timeout(PATIENCE):
                while not given or len(given) < min(share.count for share in given.values()):
                    share = await anext(shares)
                    given[share.number] = share
            assert sorted(given) == list(range(share.count))
            for number, share in given.items():
                assert await share.lag() == 0
                batch = await share.read(100, 0.0)
                assert list(batch.records) == []
                await batch.done([Output(ITEMS, f"item-{number}", b"text")], {f"feed-{number}": b"etag"})
                assert await share.load() == {f"feed-{number}": b"etag"}
        assert sorted(await stream.state("ingest")) == sorted(f"feed-{number}" for number in given)
        assert len(await read_all(stream, ITEMS)) == len(given)


async def test_each_item_comes_to_one_share_and_a_key_always_to_the_same(place: Place) -> None:
    names = [f"item-{number % 20}" for number in range(60)]
    seen: dict[str, set[int]] = {}
    total = 0
    async with place.worker() as stream:
        await stream.append([Output(ITEMS, name, str(number).encode()) for number, name in enumerate(names)])
        async with aclosing(stream.shares(CLASSIFY)) as shares, asyncio.timeout(PATIENCE):
            for _ in range(place.shares_of_items):
                share = await anext(shares)
                assert share.count == place.shares_of_items
                while await share.lag():
                    batch = await share.read(7, 0.2)
                    await batch.done([Output(REPORTS, record.key, record.value) for record in batch.records], {})
                    total += len(batch.records)
                    for record in batch.records:
                        seen.setdefault(record.key, set()).add(record.partition)
        assert total == 60
        assert all(len(where) == 1 for where in seen.values())
        assert len(set.union(*seen.values())) == place.shares_of_items
        assert sorted(int(value) for value in await values(stream, REPORTS)) == list(range(60))


async def test_find_gives_the_records_under_a_key_the_oldest_first(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append([Output(ITEMS, f"item-{number % 7}", str(number).encode()) for number in range(30)])
        found = await stream.find(ITEMS, "item-3")
        assert [record.value for record in found] == [b"3", b"10", b"17", b"24"]
        assert {record.key for record in found} == {"item-3"}
        assert await stream.find(ITEMS, "no such") == []


async def test_records_are_read_since_a_time(place: Place) -> None:
    clock = Ticking()
    async with place.worker(clock) as stream:
        await stream.append(reports("a", "b"))
        clock.move(minutes=5)
        await stream.append(reports("c"))
        clock.move(minutes=5)
        since = clock.at
        assert [record.value async for record in stream.read(REPORTS, since=since)] == []
        assert [record.value async for record in stream.read(REPORTS, since=START)] == [b"a", b"b", b"c"]
        clock.move(minutes=5)
        await stream.append(reports("d"))
        assert [record.value async for record in stream.read(REPORTS, since=since)] == [b"d"]


async def test_follow_waits_for_what_comes(place: Place) -> None:
    async with place.worker() as stream, place.command() as beside:
        await stream.append(reports("a"))
        async with aclosing(beside.read(REPORTS, follow=True)) as following, asyncio.timeout(PATIENCE):
            assert (await anext(following)).value == b"a"
            coming = asyncio.ensure_future(anext(following))
            await stream.append(reports("b"))
            assert (await coming).value == b"b"


async def test_a_command_beside_looks_and_orders(place: Place) -> None:
    async with place.worker() as stream, only_share(stream, CORRELATE) as share, place.command() as beside:
        await (await share.read(0, 0.0)).done([Output(ALERTS, "k", b"1")], {"k": b"1"})
        assert await values(beside, ALERTS) == [b"1"]
        assert await beside.state("correlate") == {"k": b"1"}
        assert [record.value for record in await beside.find(ALERTS, "k")] == [b"1"]
        await beside.append(reports("order"))
        assert [record.value for record in (await some(share)).records] == [b"order"]
        with pytest.raises(PoisonRecord):
            await beside.append([Output(REPORTS, "k", bytes(RECORD_LIMIT + 1))])


async def test_a_command_orders_where_no_worker_runs(place: Place) -> None:
    async with place.worker():
        pass
    async with place.command() as alone:
        await alone.append(reports("order"))
        assert await values(alone, REPORTS) == [b"order"]


async def test_what_is_set_aside_has_topics_of_its_own(place: Place) -> None:
    async with place.worker() as stream, only_share(stream, CORRELATE) as share:
        await (await share.read(0, 0.0)).done([Output(dead(REPORTS), "k", b"broken")], {})
        assert await values(stream, dead(REPORTS)) == [b"broken"]
        assert await values(stream, DELIVERIES) == []


async def test_a_topic_that_does_not_exist_is_named(place: Place) -> None:
    async with place.worker() as stream:
        with pytest.raises(UserError, match="no topic 'reprots'"):
            await stream.append([Output("reprots", "k", b"1")])
        with pytest.raises(UserError, match="no topic 'reprots'"):
            await read_all(stream, "reprots")
        with pytest.raises(UserError, match="no topic 'reprots'"):
            await stream.find("reprots", "k")


async def test_all_is_there_after_a_restart(place: Place) -> None:
    async with place.worker() as stream:
        await stream.append(reports("a", "b"))
    async with place.worker() as stream:
        await stream.append(reports("c"))
        assert await values(stream, REPORTS) == [b"a", b"b", b"c"]
