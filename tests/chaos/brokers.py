"""What brokers are asked and told beside the product: who leads, who coordinates, what is deleted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from monitor.errors import PoisonRecord
from monitor.message.codec import decode_item
from monitor.message.step import ITEMS
from monitor.stream.contract import CLASSIFY
from monitor.stream.kafka import KafkaSettings
from monitor.stream.kafka.changelog import restore
from monitor.stream.kafka.clients import asker, reader, stop
from monitor.stream.kafka.scan import ends_of, scan


@asynccontextmanager
async def _admin(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**settings.client())
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


def place_of(id_: str, partitions: int) -> int:
    """The partition of `__transaction_state` that keeps a transactional id: Java's hash of the text."""
    number = 0
    for char in id_:
        number = (31 * number + ord(char)) & 0xFFFFFFFF
    return (number & 0x7FFFFFFF) % partitions


async def leader_of(settings: KafkaSettings, topic: str, partition: int) -> int:
    async with _admin(settings) as admin:
        (found,) = await admin.describe_topics([topic])
        return next(int(one["leader"]) for one in found["partitions"] if one["partition"] == partition)


async def coordinator_of(settings: KafkaSettings, group: str) -> int:
    async with _admin(settings) as admin:
        return int(await admin.find_coordinator(group))


async def delete_items(settings: KafkaSettings) -> None:
    async with _admin(settings) as admin:
        await admin.delete_topics([settings.topic(ITEMS)])


async def until_items_are_there(settings: KafkaSettings) -> None:
    """Until a process has made the topic anew."""
    async with _admin(settings) as admin:
        while settings.topic(ITEMS) not in await admin.list_topics():  # noqa: ASYNC110  # a broker tells nobody
            await asyncio.sleep(0.5)


async def drop_unread_items(settings: KafkaSettings) -> list[tuple[str, str]]:
    """Delete all items that are there; key and title of those that classify had not read."""
    lost: list[tuple[str, str]] = []
    ends: dict[TopicPartition, int] = {}
    side, consumer = asker(settings), reader(settings)
    try:
        await side.start()
        await consumer.start()
        begins: dict[TopicPartition, int] = {}
        for number in range(settings.partitions):
            items = TopicPartition(settings.topic(ITEMS), number)
            kept = await restore(
                settings, *await ends_of(side, [TopicPartition(settings.changelog(CLASSIFY.name), number)])
            )
            first, last = await ends_of(side, [items])
            ends[items] = last[items]
            begins[items] = max(kept.position.next if kept.position else 0, first[items])
        async for record in scan(consumer, begins, ends):
            lost.append(((record.key or b"").decode(), _title(record.value)))
    finally:
        await stop(consumer)
        await stop(side)
    async with _admin(settings) as admin:
        await admin.delete_records({items: RecordsToDelete(before_offset=end) for items, end in ends.items() if end})
    return lost


def _title(value: bytes) -> str:
    try:
        return decode_item(value).title
    except PoisonRecord:
        return ""
