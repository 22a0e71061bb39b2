"""What is particular to Kafka: fencing, shares that move, topics that differ or lose records, brokers that go away."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from consumers.classify import compile_rules
from consumers.classify.report import classify
from consumers.correlate.worker import Correlator
from monitor.errors import Faults, Lost, Unavailable, UserError
from monitor.logs import logger
from monitor.message.codec import encode
from monitor.message.step import ALERTS, ITEMS, REPORTS, Output
from monitor.metrics import Metrics
from monitor.rules_folder import read_packs, rules_folder
from monitor.settings import Settings
from monitor.stage import Edge, run_stage
from monitor.stream import kafka
from monitor.stream.contract import CLASSIFY, CORRELATE, Share, StageSpec, Stream
from monitor.stream.kafka.clients import asker, stop
from monitor.stream.kafka.opening import Opening, open_share
from monitor.stream.kafka.settings import KafkaSettings
from monitor.stream.kafka.share import KafkaShare
from monitor.tables import read_tables
from tests import kafka_broker
from tests.chaos.replay import known_items
from tests.stream.counting import Counting, Heard
from tests.stream.place import KafkaPlace, SqlitePlace, Ticking
from tests.stream.test_contract import PATIENCE, only_share, read_all, reports, some, values

# The library drops connections, unclosed, of a broker that died and of a client that was cancelled while it connected.
DROPPED = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
pytestmark = [pytest.mark.kafka, DROPPED]
KILLS = int(os.environ.get("DEMARCHE_BROKER_KILLS", "1"))


@asynccontextmanager
async def opened(settings: KafkaSettings, heard: Heard | None = None) -> AsyncIterator[kafka.KafkaStream]:
    stream = await kafka.open_stream(settings, clock=Ticking(), tell=(heard or Heard()).tell)
    try:
        yield stream
    finally:
        await stream.close()
        gc.collect()  # what was dropped is warned of here, and not in another's test


@asynccontextmanager
async def administration(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**settings.client())
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def next_owner(settings: KafkaSettings, spec: StageSpec) -> AsyncIterator[KafkaShare]:
    """A share as the process opens it to which the group has given it."""
    side = asker(settings)
    await side.start()
    heard = Heard()
    share = await open_share(
        Opening(spec, settings, Ticking(), lambda: 0.0, lambda: 0.0, logger(), heard.tell), side, 0
    )
    try:
        yield share
    finally:
        await share.close()
        await stop(side)


async def test_an_owner_that_woke_too_late_is_fenced(kafka_place: KafkaPlace) -> None:
    heard, metrics = Heard(), Metrics()
    async with opened(kafka_place.settings, heard) as stream, aclosing(stream.shares(CORRELATE)) as shares:
        await stream.append(reports("a", "b", "c"))
        zombie = await anext(shares)
        await (await some(zombie, 1)).done([Output(ALERTS, "a", b"first")], {"count": b"1"})
        late = await some(zombie, 1)
        async with next_owner(kafka_place.settings, CORRELATE) as owner:
            assert await owner.load() == {"count": b"1"}
            batch = await some(owner, 1)
            with pytest.raises(Lost, match="Fenced"):
                await late.done([Output(ALERTS, "b", b"of the zombie")], {"count": b"of the zombie"})
            await batch.done([Output(ALERTS, "b", b"of the owner")], {"count": b"2"})
        assert await values(stream, ALERTS) == [b"first", b"of the owner"]
        async with asyncio.timeout(PATIENCE):
            again = await anext(shares)  # still a member of the group, it opens the share anew
        assert await again.load() == {"count": b"2"}
        assert [record.value for record in (await some(again)).records] == [b"c"]
    for fact in heard.facts:
        metrics.fact("correlate", fact)
    counted = metrics.registry.get_sample_value
    names = {"stage": "correlate", "destination": ""}
    assert counted("demarche_events_total", {**names, "event": "producer.fenced", "reason": ""}) == 1
    assert counted("demarche_events_total", {**names, "event": "share.broke", "reason": "ProducerFenced"}) == 1
    assert counted("demarche_restore_seconds_count", {"stage": "correlate"}) == 2
    assert counted("demarche_take_over_seconds_count", {"stage": "correlate"}) == 2


async def test_what_an_owner_left_open_is_taken_back(kafka_place: KafkaPlace) -> None:
    settings = kafka_place.settings
    async with opened(settings) as stream:
        await stream.append(reports("a"))
        dying = kafka.clients.writer(settings, f"{settings.name}-correlate-0")
        await dying.start()
        await dying.begin_transaction()
        await dying.send_and_wait(settings.topic(ALERTS), b"half", key=b"k", partition=0)
        await dying.send_and_wait(settings.changelog("correlate"), b"half", key=b"k", partition=0)
        async with only_share(stream, CORRELATE) as share:
            assert await share.load() == {}
            await (await some(share)).done([Output(ALERTS, "k", b"whole")], {"k": b"whole"})
        assert await values(stream, ALERTS) == [b"whole"]
        assert await stream.state("correlate") == {"k": b"whole"}
        await stop(dying)


async def test_shares_move_to_who_joins_and_back_and_every_item_is_worked_on(kafka_place: KafkaPlace) -> None:
    owners: dict[int, str] = {}
    seen: set[str] = set()

    async def work(name: str, stream: Stream, enough: asyncio.Event) -> None:
        async with aclosing(stream.shares(CLASSIFY)) as shares, asyncio.TaskGroup() as desks:
            ending = desks.create_task(enough.wait())
            while True:
                coming = desks.create_task(anext(shares))
                await asyncio.wait({coming, ending}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    return
                desks.create_task(desk(name, coming.result(), enough))

    async def desk(name: str, share: Share, enough: asyncio.Event) -> None:
        try:
            while not enough.is_set():
                batch = await share.read(10, 0.05)
                await batch.done([Output(REPORTS, one.key, one.value) for one in batch.records], {})
                owners[share.number] = name
                seen.update(record.key for record in batch.records)
        except Lost:
            return

    async def until(condition: str, stream: Stream) -> None:
        """Feed items until each share has been worked by whom it should be."""
        async with asyncio.timeout(60):
            while True:
                if condition == "both" and set(owners.values()) == {"one", "two"}:
                    return
                if condition == "one" and len(owners) == 3 and set(owners.values()) == {"one"}:
                    return
                await feed(stream)

    written: list[str] = []

    async def feed(stream: Stream) -> None:
        names = [f"item-{len(written) + n}" for n in range(10)]
        await stream.append([Output(ITEMS, name, b"text") for name in names])
        written.extend(names)
        await asyncio.sleep(0.01)

    async with opened(kafka_place.settings) as first, opened(kafka_place.settings) as second:
        ends = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as workers:
            workers.create_task(work("one", first, ends[0]))
            await until("one", first)
            workers.create_task(work("two", second, ends[1]))
            await until("both", first)
            ends[1].set()
            owners.clear()
            await until("one", first)
            async with asyncio.timeout(PATIENCE):
                while not seen >= set(written):  # noqa: ASYNC110  # another process would set no event either
                    await asyncio.sleep(0.05)
            ends[0].set()
        assert {record.key for record in await read_all(first, REPORTS)} == set(written)


async def test_all_that_differs_from_the_settings_is_told_at_once(kafka_place: KafkaPlace) -> None:
    async with opened(kafka_place.settings):
        pass
    other = replace(kafka_place.settings, partitions=4, retention={REPORTS: timedelta(days=1)})
    with pytest.raises(Faults) as caught:
        await kafka.open_stream(other)
    texts = [fault.text for fault in caught.value.faults]
    prefix = kafka_place.settings.topic_prefix
    assert [text.split("; to mend")[0] for text in texts] == [
        f"topic {prefix}classify-state has 3 partitions, stream.partitions wants 4; `demarche partitions` raises them",
        f"topic {prefix}ingest-state has 3 partitions, stream.partitions wants 4; `demarche partitions` raises them",
        f"topic {prefix}items has 3 partitions, stream.partitions wants 4; `demarche partitions` raises them",
        f"topic {prefix}reports has retention.ms=-1, wanted is 86400000",
    ]


async def test_a_replication_that_the_brokers_cannot_give_is_told(kafka_place: KafkaPlace) -> None:
    with pytest.raises(Faults, match=r"could not be made: .*replication factor"):
        await kafka.open_stream(replace(kafka_place.settings, replication=3))


async def test_a_command_makes_no_topics(kafka_place: KafkaPlace) -> None:
    with pytest.raises(UserError, match="`demarche run` makes it"):
        await kafka.open_stream(kafka_place.settings, make=False)
    async with administration(kafka_place.settings) as admin:
        assert not [name for name in await admin.list_topics() if name.startswith(kafka_place.settings.topic_prefix)]


async def test_brokers_that_do_not_answer_are_named() -> None:
    [port] = kafka_broker.free_ports(1)
    with pytest.raises(Unavailable, match=f"Kafka at 127.0.0.1:{port} does not answer"):
        await kafka.open_stream(KafkaSettings(brokers=f"127.0.0.1:{port}"), patience=1.0)


async def test_records_that_retention_took_before_they_were_read_are_counted(kafka_place: KafkaPlace) -> None:
    heard = Heard()
    async with opened(kafka_place.settings, heard) as stream:
        await stream.append(reports("a", "b", "c", "d", "e"))
        async with only_share(stream, CORRELATE) as share:
            await (await some(share, 1)).done([], {"count": b"1"})
        async with administration(kafka_place.settings) as admin:
            partition = TopicPartition(kafka_place.settings.topic(REPORTS), 0)
            await admin.delete_records({partition: RecordsToDelete(before_offset=4)})
        async with only_share(stream, CORRELATE) as share:
            assert [record.value for record in (await some(share)).records] == [b"e"]
            assert await share.load() == {"count": b"1"}
    assert [gap["missing"] for gap in heard.of("stream.gap")] == [3]


@pytest.mark.parametrize("names", [["x"], ["x", "y", "z", "and", "more"]], ids=["shorter", "longer"])
async def test_a_topic_that_was_made_anew_is_noticed_and_read_from_its_beginning(
    kafka_place: KafkaPlace, names: list[str]
) -> None:
    heard = Heard()
    async with opened(kafka_place.settings, heard) as stream:
        await stream.append(reports("a", "b"))
        async with only_share(stream, CORRELATE) as share:
            await (await some(share)).done([], {})
        async with only_share(stream, CORRELATE):
            pass
        assert heard.of("stream.topic_made_anew") == []
    topic = kafka_place.settings.topic(REPORTS)
    async with administration(kafka_place.settings) as admin:
        await admin.delete_topics([topic])
        async with asyncio.timeout(PATIENCE):
            while topic in await admin.list_topics():  # noqa: ASYNC110  # the broker sets no event
                await asyncio.sleep(0.05)
    async with opened(kafka_place.settings, heard) as stream:
        await stream.append(reports(*names))
        async with only_share(stream, CORRELATE) as share:
            assert [record.key for record in (await some(share)).records] == names
    assert len(heard.of("stream.topic_made_anew")) == 1


async def test_the_same_records_give_the_same_on_both_streams(
    kafka_place: KafkaPlace, sqlite_place: SqlitePlace
) -> None:
    names = [f"report-{number}" for number in range(500)]
    told = []
    for place in (kafka_place, sqlite_place):
        async with place.worker() as stream:
            await stream.append(reports(*names))
            edge = Edge(Ticking(), asyncio.Event(), logger(), Heard(), once=True)
            await run_stage(stream, CORRELATE, lambda share: Counting(share, ALERTS), edge)
            told.append([(one.key, one.value, one.at) for one in await read_all(stream, ALERTS)])
            assert await stream.state("correlate") == {"count-0": b"500"}
    assert told[0] == told[1]
    assert [key for key, _, _ in told[0]] == names


async def test_equal_reports_in_equal_order_give_equal_alerts_on_both_streams(
    kafka_place: KafkaPlace, sqlite_place: SqlitePlace
) -> None:
    rules = compile_rules(read_packs())
    policy = Settings().incidents.policy(read_tables(rules_folder()))
    told = [classify(item, rules) for item in islice(known_items(Ticking().at), 60)]
    alerts, states = [], []
    for place in (kafka_place, sqlite_place):
        async with place.worker() as stream:
            await stream.append([Output(REPORTS, one.item, encode(one)) for one in told])
            edge = Edge(Ticking(), asyncio.Event(), logger(), Heard(), once=True)
            await run_stage(stream, CORRELATE, lambda _: Correlator(policy, rules.kinds, rules.names), edge)
            alerts.append([(one.key, one.value) for one in await read_all(stream, ALERTS)])
            states.append(await stream.state("correlate"))
    assert alerts[0] == alerts[1]
    assert states[0] == states[1]
    assert len(alerts[0]) > 10


async def test_a_broker_killed_in_the_middle_loses_and_doubles_nothing(kafka_jars: None) -> None:
    """kill -9 of the one broker while records are appended, classified and correlated."""
    with kafka_broker.running() as cluster:
        settings = KafkaPlace(cluster.address, "killed").settings
        [broker] = cluster.brokers
        heard, ended = Heard(), asyncio.Event()
        acknowledged: list[str] = []

        async def feed(stream: Stream) -> None:
            while not ended.is_set():
                names = [f"item-{len(acknowledged) + n}" for n in range(5)]
                try:
                    await stream.append([Output(ITEMS, name, name.encode()) for name in names])
                except Unavailable:
                    continue
                acknowledged.extend(names)

        async def at_least(count: int, stream: Stream) -> None:
            async with asyncio.timeout(90):
                while int((await stream.state("correlate")).get("count-0", b"0")) < count:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

        async with opened(settings, heard) as stream, asyncio.TaskGroup() as tasks:
            edge = Edge(Ticking(), ended, logger(), heard)
            passing = {CLASSIFY: REPORTS, CORRELATE: ALERTS}
            for spec, topic in passing.items():
                tasks.create_task(run_stage(stream, spec, lambda share, topic=topic: Counting(share, topic), edge))
            tasks.create_task(feed(stream))
            await at_least(100, stream)
            for _ in range(KILLS):
                before = len(acknowledged)
                broker.signal(signal.SIGKILL)
                broker.start()
                await asyncio.to_thread(broker.wait_until_started)
                await at_least(before + 100, stream)
            ended.set()
        edge = replace(edge, stop=asyncio.Event(), once=True)
        async with opened(settings, heard) as stream:
            for spec, topic in passing.items():
                await run_stage(stream, spec, lambda share, topic=topic: Counting(share, topic), edge)
            items = [record.key for record in await read_all(stream, ITEMS)]
            told = await read_all(stream, REPORTS)
            alerts = await read_all(stream, ALERTS)
        assert set(acknowledged) <= set(items)
        assert set(items) <= {record.key for record in told}  # classify may repeat, and loses nothing
        assert [record.key for record in alerts] == [record.key for record in told]  # correlate: each once, in order
        assert [int(record.value.split()[1]) for record in alerts] == list(range(1, len(alerts) + 1))
