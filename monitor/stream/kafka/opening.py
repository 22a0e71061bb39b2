"""Opening a share: fence the owner before, restore the state, find the position, and only then read."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from monitor.logs import Logger, log_fact
from monitor.message.fact import Fact
from monitor.stream.contract import StageSpec
from monitor.stream.kafka.changelog import Position, Restored, mark_of, restore
from monitor.stream.kafka.clients import discard, reader, stop, writer
from monitor.stream.kafka.scan import ends_of, scan
from monitor.stream.kafka.settings import KafkaSettings
from monitor.stream.kafka.share import KafkaShare

Tell = Callable[[str, Fact], None]  # stage, fact


@dataclass(frozen=True, slots=True)
class Opening:
    """What the shares of one stage are opened with."""

    spec: StageSpec
    settings: KafkaSettings
    clock: Callable[[], datetime]
    stalled: Callable[[], float]
    given_for: Callable[[], float]  # seconds since the group gave it
    log: Logger
    tell: Tell

    def fact(self, number: int, fact: Fact) -> None:
        log_fact(self.log.bind(share=number), fact)
        self.tell(self.spec.name, fact)

    def transactional_id(self, number: int) -> str | None:
        return f"{self.settings.name}-{self.spec.name}-{number}" if self.spec.atomic else None

    def input(self, number: int) -> TopicPartition:
        return TopicPartition(self.settings.topic(self.spec.input or ""), number)

    def changelog(self, number: int) -> TopicPartition:
        return TopicPartition(self.settings.changelog(self.spec.name), number)


async def open_share(how: Opening, side: AIOKafkaConsumer, number: int) -> KafkaShare:
    """Open one; offsets are asked of `side`, which outlives the share.

    Raises `KafkaError` or `TimeoutError` where the brokers are away; then nothing is left open.
    """

    async def restored_now() -> Restored:
        return await restore(how.settings, *await ends_of(side, [how.changelog(number)]))

    async def load() -> dict[str, bytes]:
        return (await restored_now()).state

    async def end() -> int:
        partition = how.input(number)
        return int((await side.end_offsets([partition]))[partition])

    started = time.monotonic()
    async with AsyncExitStack() as opened:
        producer = writer(how.settings, how.transactional_id(number))
        opened.push_async_callback(discard, producer)
        await producer.start()  # with an id this fences: what the owner before has not committed is aborted
        restored = await restored_now()
        consumer = None
        if how.spec.input is not None:
            consumer = reader(how.settings)
            opened.push_async_callback(stop, consumer)
            await consumer.start()
            await _seek(how, number, side, consumer, restored.position)
        took, since = round(time.monotonic() - started, 3), round(how.given_for(), 3)
        fields = {"records": restored.records, "keys": len(restored.state), "seconds": took, "since_given": since}
        how.fact(number, Fact("share.restored", fields))
        opened.pop_all()

    return KafkaShare(
        how.spec,
        number,
        how.settings,
        consumer=consumer,
        producer=producer,
        position=restored.position,
        state=restored.state,
        restore=load,
        end=end,
        stalled=how.stalled,
        clock=how.clock,
    )


async def _seek(
    how: Opening, number: int, side: AIOKafkaConsumer, consumer: AIOKafkaConsumer, position: Position | None
) -> None:
    """Stand where the changelog says; where the topic has nothing there any more, say so loudly and begin anew."""
    partition = how.input(number)
    begins, ends = await ends_of(side, [partition])
    begin, end = begins[partition], ends[partition]
    at = 0 if position is None else position.next
    if at < begin:
        fields = {"topic": partition.topic, "missing": begin - at, "position": at, "beginning": begin}
        how.fact(number, Fact("stream.gap", fields, level="error"))  # retention was faster than this stage
        at = begin
    elif position is not None and (at > end or not await _is_as_read(how, partition, begin, position)):
        fields = {"topic": partition.topic, "position": at, "beginning": begin, "end": end}
        how.fact(number, Fact("stream.topic_made_anew", fields, level="error"))
        at = begin
    consumer.assign([partition])
    consumer.seek(partition, at)


async def _is_as_read(how: Opening, partition: TopicPartition, begin: int, position: Position) -> bool:
    """Whether the last record read is still the one that it was, as far as it is still there."""
    if position.last < begin:
        return True
    consumer = reader(how.settings)
    try:
        await consumer.start()
        async for one in scan(consumer, {partition: position.last}, {partition: position.last + 1}):
            return mark_of(one.key, one.value) == position.mark
    finally:
        await stop(consumer)
    return True
