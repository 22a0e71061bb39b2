"""Looking at topics from outside of any stage, with consumers that belong to no group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from monitor.errors import Unavailable
from monitor.stream.contract import Record, check_topic
from monitor.stream.kafka.changelog import restore
from monitor.stream.kafka.clients import asker, reader, stop
from monitor.stream.kafka.producing import partition_of
from monitor.stream.kafka.scan import ends_of, scan
from monitor.stream.kafka.settings import KafkaSettings
from monitor.stream.kafka.share import record_of

STANDING = 1.0  # seconds that a command waits for a transaction; one of ours takes 0.03


@asynccontextmanager
async def _trouble_named(settings: KafkaSettings) -> AsyncIterator[None]:
    try:
        yield
    except (KafkaError, OSError) as why:
        raise Unavailable(f"Kafka at {settings.brokers} does not answer: {type(why).__name__}: {why}") from why


@asynccontextmanager
async def _started(consumer: AIOKafkaConsumer) -> AsyncIterator[AIOKafkaConsumer]:
    try:
        await consumer.start()
        yield consumer
    finally:
        await stop(consumer)


async def read(
    settings: KafkaSettings, topic: str, *, since: datetime | None = None, follow: bool = False
) -> AsyncIterator[Record]:
    """Records of all partitions, in order within each; see `monitor.stream.contract.Stream.read`."""
    check_topic(topic)
    partitions = [TopicPartition(settings.topic(topic), number) for number in range(settings.partitions_of(topic))]
    async with _trouble_named(settings):
        async with _started(asker(settings)) as asked:
            begins, ends = await ends_of(asked, partitions)
            if since is not None:
                found = await asked.offsets_for_times(dict.fromkeys(partitions, int(since.timestamp() * 1000)))
                begins = {one: found[one].offset if found[one] else ends[one] for one in partitions}
        async with _started(reader(settings)) as consumer:
            records = scan(consumer, begins, None) if follow else scan(consumer, begins, ends, STANDING)
            async for one in records:
                yield record_of(topic, one)


async def find(settings: KafkaSettings, topic: str, key: str) -> list[Record]:
    """The records under a key: its partition is known, and is read through, for Kafka has no index by key.

    Where nothing is there, the others are read too: before partitions were raised, keys lay elsewhere.
    """
    check_topic(topic)
    own = partition_of(settings, topic, key.encode())
    others = [number for number in range(settings.partitions_of(topic)) if number != own]
    async with _trouble_named(settings):
        return await _under(settings, topic, key, [own]) or await _under(settings, topic, key, others)


async def _under(settings: KafkaSettings, topic: str, key: str, numbers: list[int]) -> list[Record]:
    partitions = [TopicPartition(settings.topic(topic), number) for number in numbers]
    async with _started(asker(settings)) as asked:
        begins, ends = await ends_of(asked, partitions)
    async with _started(reader(settings)) as consumer:
        records = scan(consumer, begins, ends, STANDING)
        return [record_of(topic, one) async for one in records if one.key == key.encode()]


async def state(settings: KafkaSettings, stage: str, shares: int) -> dict[str, bytes]:
    """All state of a stage, over its shares."""
    partitions = [TopicPartition(settings.changelog(stage), number) for number in range(shares)]
    async with _trouble_named(settings):
        async with _started(asker(settings)) as asked:
            begins, ends = await ends_of(asked, partitions)
        return (await restore(settings, begins, ends, STANDING)).state
