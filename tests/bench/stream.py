"""How fast items go through classify's place on each stream, beside the bare client at the same work in the same run.

The work is to read an item, decode it, and write a report of it. `plain` writes an empty report, `rules` classifies
in earnest. Figures are records a second, and shares of the bare rate. The goal is half.
"""

import asyncio
import io
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from consumers.classify import compile_rules
from consumers.classify.worker import Classifier
from monitor import logs
from monitor.message.codec import decode_item, encode
from monitor.message.item import Item
from monitor.message.report import Report
from monitor.message.step import ITEMS, REPORTS, Output
from monitor.rules_folder import read_packs
from monitor.stage import Edge, Worker, run_stage
from monitor.stream import kafka, sqlite
from monitor.stream.contract import CLASSIFY, Share, Stream
from tests import kafka_broker
from tests.stream.counting import Heard

COUNT = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdecimal() else 20_000
BATCH = 500
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = (
    "The harbour board met on Tuesday to settle the timetable of the ferries for the coming season. Members heard "
    "that two of the older boats will be laid up for repairs, and that the fare to the islands stays as it is. "
)


def items() -> list[Item]:
    return [
        Item(
            id=f"item-{number:08}",
            revision=f"{number:016x}",
            feed="harbour",
            outlet="Harbour Post",
            country="NOR",
            lang="en",
            published=NOW,
            first_seen=NOW,
            url=f"https://harbour.example/{number}",
            title=f"Ferries keep their timetable, board says in notice {number}",
            summary=TEXT,
            content=TEXT * 3,
        )
        for number in range(COUNT)
    ]


def report(item: Item) -> Report:
    return Report(
        item=item.id,
        revision=item.revision,
        feed=item.feed,
        outlet=item.outlet,
        event_time=item.event_time,
        first_seen=item.first_seen,
        title=item.title,
        url=item.url,
    )


class Plain(Classifier):
    """Classify's work without the rules."""

    def __init__(self) -> None:
        super().__init__(lambda: None)  # type: ignore[arg-type,return-value]  # never asked for

    def step(self, messages, results, now):  # type: ignore[no-untyped-def]
        from monitor.message.step import Step

        return Step([Output(REPORTS, one.id, encode(report(one))) for one in messages])


async def through(stream: Stream, written: list[Item], hire: Callable[[Share], Worker]) -> float:
    """Records a second of the product's loop."""
    outputs = [Output(ITEMS, item.id, encode(item)) for item in written]
    for start in range(0, len(outputs), BATCH):
        await stream.append(outputs[start : start + BATCH])
    edge = Edge(lambda: NOW, asyncio.Event(), logs.logger(), Heard(), once=True)
    started = time.perf_counter()
    await run_stage(stream, CLASSIFY, hire, edge)
    return len(written) / (time.perf_counter() - started)


def bare_sqlite(path: Path, written: list[Item]) -> float:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    for name in ("items", "reports"):
        db.execute(f"CREATE TABLE {name} (offset INTEGER PRIMARY KEY, key TEXT, value BLOB)")
    db.execute("CREATE TABLE position (offset INTEGER)")
    db.execute("BEGIN")
    db.executemany("INSERT INTO items (key, value) VALUES (?, ?)", [(item.id, encode(item)) for item in written])
    db.execute("COMMIT")
    at = 0
    started = time.perf_counter()
    while rows := db.execute(
        "SELECT offset, key, value FROM items WHERE offset > ? ORDER BY offset LIMIT ?", (at, BATCH)
    ).fetchall():
        out = [(key, encode(report(decode_item(value)))) for _, key, value in rows]
        at = rows[-1][0]
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO reports (key, value) VALUES (?, ?)", out)
        db.execute("UPDATE position SET offset = ?", (at,))
        db.execute("COMMIT")
    rate = len(written) / (time.perf_counter() - started)
    db.close()
    return rate


async def bare_kafka(settings: kafka.KafkaSettings, count: int) -> float:
    """The client as its documents show it: a consumer with a group, `send` for each record, a commit for each batch."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.brokers,
        enable_idempotence=True,
        compression_type="zstd",
        linger_ms=5,
        max_batch_size=262144,
    )
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.brokers,
        group_id=f"bare-{uuid4()}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await producer.start()
    await consumer.start()
    consumer.assign([TopicPartition(settings.topic(ITEMS), number) for number in range(settings.partitions)])
    done = 0
    started = time.perf_counter()
    while done < count:
        found = await consumer.getmany(timeout_ms=200, max_records=BATCH)
        sent = []
        for record in (one for many in found.values() for one in many):
            item = decode_item(record.value)
            sent.append(await producer.send(settings.topic(REPORTS), encode(report(item)), key=record.key, partition=0))
        await asyncio.gather(*sent)
        if sent:
            await consumer.commit()
        done += len(sent)
    rate = count / (time.perf_counter() - started)
    await consumer.stop()
    await producer.stop()
    return rate


async def on_sqlite(written: list[Item], works: dict[str, Callable[[Share], Worker]], folder: Path) -> dict[str, float]:
    rates = {"bare": bare_sqlite(folder / f"{uuid4()}.db", written)}
    for name, hire in works.items():
        stream = await sqlite.open_owner(folder / f"{uuid4()}.db")
        rates[name] = await through(stream, written, hire)
        await stream.close()
    return rates


async def on_kafka(written: list[Item], works: dict[str, Callable[[Share], Worker]], brokers: str) -> dict[str, float]:
    rates = {}
    for name, hire in works.items():
        settings = kafka.KafkaSettings(
            brokers=brokers, name=f"bench-{uuid4()}", topic_prefix=f"{uuid4()}.", partitions=3
        )
        stream = await kafka.open_stream(settings)
        rates[name] = await through(stream, written, hire)
        await stream.close()
        rates.setdefault("bare", await bare_kafka(settings, len(written)))
    return rates


def show(name: str, runs: list[dict[str, float]]) -> None:
    bare = statistics.median(run["bare"] for run in runs)
    sys.stdout.write(f"{name:7} bare {bare:9,.0f}/s")
    for work in sorted(set(runs[0]) - {"bare"}):
        share = statistics.median(run[work] / run["bare"] for run in runs)
        sys.stdout.write(f"   {work} {statistics.median(run[work] for run in runs):9,.0f}/s ({share:4.0%})")
    sys.stdout.write("\n")
    sys.stdout.flush()


async def main() -> None:
    logs.configure("error", io.StringIO())
    written = items()
    rules = compile_rules(read_packs())
    works: dict[str, Callable[[Share], Worker]] = {
        "plain": lambda share: Plain(),
        "rules": lambda share: Classifier(lambda: rules),
    }
    sys.stdout.write(f"{COUNT:,} items of {len(encode(written[0])):,} bytes, median of 3 runs\n")
    with TemporaryDirectory() as folder:
        show("sqlite", [await on_sqlite(written, works, Path(folder)) for _ in range(3)])
    try:
        with kafka_broker.running() as cluster:
            show("kafka", [await on_kafka(written, works, cluster.address) for _ in range(3)])
    except kafka_broker.NoKafka as why:
        sys.stdout.write(f"kafka   left out: {why}\n")


if __name__ == "__main__":
    asyncio.run(main())
