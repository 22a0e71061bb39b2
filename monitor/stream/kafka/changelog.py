"""A stage's state in its compacted topic: one record for each key, and one for the position in the input."""

import zlib
from dataclasses import dataclass, field

import msgspec

from monitor.message.step import Changes
from monitor.stream.contract import Record
from monitor.stream.kafka.clients import reader, stop
from monitor.stream.kafka.scan import Offsets, scan
from monitor.stream.kafka.settings import KafkaSettings

POSITION = b"\x00position"  # no key of a stage begins with a zero


class Position(msgspec.Struct, frozen=True):
    """Where a share stands: the next offset to read, and the last record read with a mark of what it said.

    The mark tells whether the topic is still the one that was read: brokers give a topic made anew the old name.
    """

    next: int
    last: int
    mark: int

    @classmethod
    def after(cls, record: Record) -> "Position":
        return cls(record.offset + 1, record.offset, mark_of(record.key.encode(), record.value))


def mark_of(key: bytes, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key))


@dataclass(slots=True)
class Restored:
    """What a changelog says, and how many records it took to say it."""

    state: dict[str, bytes] = field(default_factory=dict)
    position: Position | None = None
    records: int = 0


def rows(changes: Changes, position: Position | None) -> list[tuple[bytes, bytes | None]]:
    """Changes and position as records of the changelog; a value of None forgets the key."""
    kept = [(key.encode(), value) for key, value in changes.items()]
    if position is not None:
        kept.append((POSITION, msgspec.json.encode(position)))
    return kept


async def restore(settings: KafkaSettings, begins: Offsets, ends: Offsets, patience: float | None = None) -> Restored:
    """Fold the partitions of a changelog, with a consumer of its own; for `patience` see `scan`."""
    result = Restored()
    consumer = reader(settings)
    try:
        await consumer.start()
        async for record in scan(consumer, begins, ends, patience):
            result.records += 1
            _fold(result, record.key, record.value)
    finally:
        await stop(consumer)
    return result


def _fold(result: Restored, key: bytes, value: bytes | None) -> None:
    if key == POSITION:
        result.position = None if value is None else msgspec.json.decode(value, type=Position)
    elif value is None:
        result.state.pop(key.decode(), None)
    else:
        result.state[key.decode()] = value
