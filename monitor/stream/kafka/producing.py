"""Writing: many records as few batches, and every batch's fate known before anything rests on it."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from monitor.message.step import Output
from monitor.stream.contract import PARTITIONED
from monitor.stream.kafka.settings import KafkaSettings

Row = tuple[bytes, bytes | None]  # key, value
Place = tuple[str, int]  # topic, partition

_choose = DefaultPartitioner()


def partition_of(settings: KafkaSettings, topic: str, key: bytes) -> int:
    """Where a key of a topic lies, as every Kafka client by default would have it."""
    if topic not in PARTITIONED:
        return 0
    everywhere = list(range(settings.partitions))
    partition: int = _choose(key, everywhere, everywhere)
    return partition


def placed(settings: KafkaSettings, outputs: Iterable[Output]) -> dict[Place, list[Row]]:
    """Outputs by topic and partition, in their order."""
    places: dict[Place, list[Row]] = {}
    for output in outputs:
        key = output.key.encode()
        place = (settings.topic(output.topic), partition_of(settings, output.topic, key))
        places.setdefault(place, []).append((key, output.value))
    return places


async def send(producer: AIOKafkaProducer, places: dict[Place, list[Row]], at: datetime) -> None:
    """Write all and return when all is acknowledged.

    Raises what any batch met: a commit goes through although a batch of its transaction failed, so each is
    awaited. Batches are built here, as `send` of the library costs five times as much a record.
    """
    millis = int(at.timestamp() * 1000)
    await asyncio.gather(*(_send_to(producer, place, rows, millis) for place, rows in places.items()))


async def _send_to(producer: AIOKafkaProducer, place: Place, rows: Sequence[Row], millis: int) -> None:
    topic, partition = place
    acknowledged = []
    batch = producer.create_batch()
    for key, value in rows:
        if batch.append(key=key, value=value, timestamp=millis) is None:
            acknowledged.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=millis)  # the first of a batch always fits
    batch.close()
    acknowledged.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*acknowledged)
