"""What every stream promises; `sqlite.py` and `kafka.py` keep it, and `tests/stream/test_contract.py` holds them to it.

A stream holds topics. A topic has partitions; a record in a partition has an offset, which grows but may have gaps.
A stage joins the stream and is handed shares; a share is one partition of its input together with the state that
the stage keeps for it. At any time one process owns a share. What a share's owner finishes with `Batch.done` is
there for good: outputs, changes of state and the position in the input, all of them or none.
"""

import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from monitor.errors import PoisonRecord, UserError
from monitor.message.step import ALERTS, DELIVERIES, ITEMS, REPORTS, Changes, Output

TOPICS = (ITEMS, REPORTS, ALERTS, DELIVERIES)
PARTITIONED = frozenset({ITEMS})  # the others have one partition
RECORD_LIMIT = 1_000_000  # bytes of key and value; below Kafka's own limit for a batch, 1,048,588


def dead(topic: str) -> str:
    """The topic where records of `topic` are set aside."""
    return f"{topic}.dead"


ALL_TOPICS = TOPICS + tuple(dead(topic) for topic in TOPICS)


def check_topic(topic: str) -> None:
    """Raises `UserError` for the name of a topic that no stream has."""
    if topic not in ALL_TOPICS:
        raise UserError(f"there is no topic {topic!r}; there are {', '.join(ALL_TOPICS)}")


def check_topics(outputs: Sequence[Output]) -> None:
    """Raises `UserError` for an output to a topic that no stream has."""
    for topic in {output.topic for output in outputs}:
        check_topic(topic)


def check_sizes(outputs: Sequence[Output], changes: Changes) -> None:
    """Raises `PoisonRecord` for the first record that no stream would take, before anything is written."""
    for output in outputs:
        if len(output.key) + len(output.value) > RECORD_LIMIT:  # a key in ASCII, as ours are
            size = len(output.value)
            raise PoisonRecord(f"too large for {output.topic}: {size:,} bytes under {output.key[:80]!r}")
    for key, value in changes.items():
        if value is not None and len(key) + len(value) > RECORD_LIMIT:
            raise PoisonRecord(f"state too large: {len(value):,} bytes under {key[:80]!r}")


class Record(msgspec.Struct, frozen=True):
    """A record that was read. `at` is when it was written."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class StageSpec:
    """How a stage uses the stream.

    `input` is None for ingest, whose shares are hash shards of hosts. `atomic` stages (correlate, notify) get
    outputs, changes and position in one transaction; the others get their outputs acknowledged before changes
    and position are written, so that a crash repeats outputs and never loses one, and a stalled process of
    theirs holds up no reader downstream.
    """

    name: str
    input: str | None
    atomic: bool
    stateful: bool = True


CLASSIFY = StageSpec("classify", ITEMS, atomic=False, stateful=False)
CORRELATE = StageSpec("correlate", REPORTS, atomic=True)
NOTIFY = StageSpec("notify", ALERTS, atomic=True)
INGEST = StageSpec("ingest", None, atomic=False)
STAGES = (INGEST, CLASSIFY, CORRELATE, NOTIFY)


def shard(text: str, count: int) -> int:
    """The shard of `text` among `count`, the same in every process and release."""
    return zlib.crc32(text.encode()) % count


class Batch(Protocol):
    """Records in order of offset (none where only time passed), to be finished at most once.

    The next one may be read while it is being finished. One that nobody began to finish leaves the position where it
    was, and its records come again with the next `read`.
    """

    records: Sequence[Record]

    async def done(self, outputs: Sequence[Output], changes: Changes) -> None:
        """Write outputs, changes and position. It waits while the stream is away.

        Raises `Lost` where the share has another owner by now (nothing of this batch is then to be trusted),
        `Unavailable` where the stream refused for now (a full disk): nothing was written, call again; and
        `PoisonRecord` where an output or a change is larger than `RECORD_LIMIT`: nothing was written either.
        """
        ...


class Share(Protocol):
    """One partition of a stage's input with its state, owned until `Lost`."""

    number: int  # of the partition or shard
    count: int  # of all shares of the stage

    async def load(self) -> dict[str, bytes]:
        """The state as last committed. Raises `Lost`."""
        ...

    async def read(self, limit: int, wait: float) -> Batch:
        """Up to `limit` records behind the last batch that is finished or being finished.

        None after `wait` seconds or `wake()`. With `wait` 0 it returns what is there; with `limit` 0 a batch
        without records.
        Raises `Lost`.
        """
        ...

    def wake(self) -> None:
        """Let the `read` that waits, or the next one, return at once."""
        ...

    async def lag(self) -> int:
        """Records of the input that are not finished yet."""
        ...


class Stream(Protocol):
    """A log of topics with state, shared by the stages and the commands."""

    def shares(self, spec: StageSpec) -> AsyncIterator[Share]:
        """Shares of the stage as this process is given them, until the iterator is closed.

        Closing it gives them all back. A share given before may be given again after it was `Lost`.
        """
        ...

    async def append(self, outputs: Sequence[Output]) -> None:
        """Write records from outside a stage (orders, replays), acknowledged when it returns.

        Raises `PoisonRecord` for one that is too large, `Unavailable` where the stream refuses for now.
        """
        ...

    def read(self, topic: str, *, since: datetime | None = None, follow: bool = False) -> AsyncIterator[Record]:
        """Records of a topic from the beginning, or since a time; with `follow` it then waits for new ones."""
        ...

    async def find(self, topic: str, key: str) -> list[Record]:
        """The records of a topic under one key, the oldest first."""
        ...

    async def state(self, stage: str) -> dict[str, bytes]:
        """All state of a stage, over its shares, as last committed; for commands that only look."""
        ...

    async def close(self) -> None: ...
