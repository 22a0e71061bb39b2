"""Moving house: from the SQLite file to Kafka, with every record, all state, and each stage's position.

So one who outgrows one machine loses nothing and is told nothing twice. Records keep their order and their times;
state and positions are written last, so that a move which broke off has moved nothing.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from monitor.errors import StreamError, Unavailable, UserError
from monitor.logs import Logger
from monitor.stream.contract import ALL_TOPICS, STAGES, Record, StageSpec
from monitor.stream.kafka import KafkaSettings, open_stream
from monitor.stream.kafka.changelog import Position, mark_of, rows
from monitor.stream.kafka.clients import asker, discard, stop, writer
from monitor.stream.kafka.producing import Place, Row, partition_of, send
from monitor.stream.kafka.scan import ends_of
from monitor.stream.sqlite import SqliteOwner, open_owner, questions

PAGE = 2000  # records
PATIENCE = 30.0  # seconds for a broker to answer

SharesOf = Callable[[str], Iterable[int]]  # key of ingest's state -> the shares that need it


@dataclass(slots=True)
class Moved:
    """What was moved: records by topic, and keys of state by stage."""

    records: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Copied:
    """Of one topic: records in each partition, and where a stage that had read so far would stand in it."""

    counts: dict[int, int] = field(default_factory=dict)
    read: dict[int, Position] = field(default_factory=dict)


async def migrate(path: Path, settings: KafkaSettings, shares_of: SharesOf, log: Logger) -> Moved:
    """Copy all of the file at `path` into topics that are empty.

    Raises `Busy` where a process works on the file, `UserError` where topics hold something already, `Faults` where
    they differ from the settings, and `Unavailable` where the brokers are away; then the file is as it was.
    """
    if not await asyncio.to_thread(path.exists):
        raise UserError(f"{path}: there is no stream here to move")
    owner = await open_owner(path, log=log)
    producer = writer(settings)
    try:
        await (await open_stream(settings, patience=PATIENCE, log=log)).close()
        await _refuse_what_is_not_empty(settings)
        await producer.start()
        return await _move(owner, producer, settings, shares_of)
    except (KafkaError, TimeoutError, OSError) as why:
        raise Unavailable(f"Kafka at {settings.brokers} broke the move off: {type(why).__name__}: {why}") from why
    finally:
        await discard(producer)
        await owner.close()


async def _move(owner: SqliteOwner, producer: AIOKafkaProducer, settings: KafkaSettings, shares_of: SharesOf) -> Moved:
    moved = Moved()
    copied: dict[str, _Copied] = {}
    for topic in ALL_TOPICS:
        reader = next((spec for spec in STAGES if spec.input == topic), None)
        copied[topic] = await _copy(owner, producer, settings, topic, reader)
        moved.records[topic] = sum(copied[topic].counts.values())
    await _check_counts(settings, copied)
    for spec in STAGES:
        state = await owner.state(spec.name)
        positions = copied[spec.input].read if spec.input else {}
        places: dict[Place, list[Row]] = {
            (settings.changelog(spec.name), share): rows({}, position) for share, position in positions.items()
        }
        for key, value in state.items():
            for share in shares_of(key) if spec.input is None else (0,):
                places.setdefault((settings.changelog(spec.name), share), []).extend(rows({key: value}, None))
        await send(producer, places, owner.now())
        moved.keys[spec.name] = len(state)
    return moved


async def _copy(
    owner: SqliteOwner, producer: AIOKafkaProducer, settings: KafkaSettings, topic: str, reader: StageSpec | None
) -> _Copied:
    copied = _Copied()
    boundary = await owner.look(partial(questions.position, stage=reader.name, share=0)) if reader else 0
    offset = questions.FIRST
    while page := await owner.look(partial(questions.fetch, topic=topic, offset=offset, limit=PAGE)):
        for at, together in groupby(page, lambda record: record.at):
            places: dict[Place, list[Row]] = {}
            for record in together:
                key = record.key.encode()
                partition = partition_of(settings, topic, key)
                places.setdefault((settings.topic(topic), partition), []).append((key, record.value))
                _note(copied, partition, record, boundary)
            await send(producer, places, at)
        offset = page[-1].offset + 1
    return copied


def _note(copied: _Copied, partition: int, record: Record, boundary: int) -> None:
    number = copied.counts.get(partition, 0)
    copied.counts[partition] = number + 1
    if record.offset < boundary:
        copied.read[partition] = Position(number + 1, number, mark_of(record.key.encode(), record.value))


async def _refuse_what_is_not_empty(settings: KafkaSettings) -> None:
    partitions = [
        TopicPartition(settings.topic(topic), number)
        for topic in ALL_TOPICS
        for number in range(settings.partitions_of(topic))
    ]
    partitions += [
        TopicPartition(settings.changelog(spec.name), number)
        for spec in STAGES
        for number in range(settings.shares(spec))
    ]
    ends = await _ends(settings, partitions)
    if full := sorted({partition.topic for partition, end in ends.items() if end}):
        raise UserError(
            f"Kafka at {settings.brokers} holds records already, in {', '.join(full)};"
            " move into empty topics: delete these, or set another stream.topic_prefix"
        )


async def _check_counts(settings: KafkaSettings, copied: dict[str, _Copied]) -> None:
    """Raises `StreamError` where not each record is there once: then the positions would be wrong."""
    wanted = {
        TopicPartition(settings.topic(topic), partition): count
        for topic, one in copied.items()
        for partition, count in one.counts.items()
    }
    found = await _ends(settings, list(wanted)) if wanted else {}
    wrong = [
        f"{at.topic}/{at.partition}: {found[at]} for {count}" for at, count in wanted.items() if found[at] != count
    ]
    if wrong:
        raise StreamError(f"records were not copied once each ({', '.join(wrong)}); delete the topics and begin again")


async def _ends(settings: KafkaSettings, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    asked = asker(settings)
    try:
        await asked.start()
        return dict((await ends_of(asked, partitions))[1])
    finally:
        await stop(asked)
