"""Reading partitions from here to there, with a consumer that does nothing else.

Offsets are asked for before anything is fetched: on the connection of a fetch that waits for records, every other
request waits behind it, half a second each.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

WAIT_MS = 200
PAGE = 2000

Offsets = Mapping[TopicPartition, int]


async def ends_of(asker: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> tuple[Offsets, Offsets]:
    """The first offset of each partition, and the one after the last that was written, committed or not."""
    begins: Offsets = await asker.beginning_offsets(list(partitions))
    ends: Offsets = await asker.end_offsets(list(partitions))
    return begins, ends


async def scan(
    consumer: AIOKafkaConsumer, begins: Offsets, ends: Offsets | None, patience: float | None = None
) -> AsyncIterator[Any]:
    """The library's records that are committed, in order within each partition; without `ends` it goes on for ever.

    A commit is acknowledged before readers can see it: brokers write its marks afterwards. So the end is that of all
    that was written, and reading waits for the transactions before it; with `patience`, so many seconds for one
    that stands still. The end is compared with the consumer's position, never with the offset of a record: the last
    ones may be marks, or aborted, and are never handed out.
    """
    now = asyncio.get_running_loop().time
    moved = now()
    waiting = {one for one, begin in begins.items() if ends is None or begin < ends[one]}
    consumer.assign(list(waiting))
    for partition in waiting:
        consumer.seek(partition, begins[partition])
    while waiting and (patience is None or now() - moved < patience):
        for partition, found in (await consumer.getmany(timeout_ms=WAIT_MS, max_records=PAGE)).items():
            for one in found:
                if ends is None or one.offset < ends[partition]:
                    yield one
            moved = now()
        if ends is not None:
            for partition in list(waiting):
                if await consumer.position(partition) >= ends[partition]:
                    waiting.discard(partition)
