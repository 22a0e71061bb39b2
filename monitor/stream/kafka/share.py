"""A stage's share on Kafka: one partition of its input, with a consumer and a producer of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from monitor.errors import Lost
from monitor.message.step import Changes, Output
from monitor.stream.contract import Record, StageSpec, check_sizes, check_topics
from monitor.stream.kafka.changelog import Position, rows
from monitor.stream.kafka.clients import discard, stop
from monitor.stream.kafka.producing import Place, Row, placed, send
from monitor.stream.kafka.settings import KafkaSettings

PREFETCH = 500  # records
LONG_POLL = 1.0  # seconds
SETTLE = 10.0  # seconds that a commit under way gets when its share goes to another
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class KafkaShare:
    """See `monitor.stream.contract.Share`. After its first fault it is `Lost`, and opened anew by the stream."""

    def __init__(
        self,
        spec: StageSpec,
        number: int,
        settings: KafkaSettings,
        *,
        consumer: AIOKafkaConsumer | None,
        producer: AIOKafkaProducer,
        position: Position | None,
        state: dict[str, bytes],
        restore: Callable[[], Awaitable[dict[str, bytes]]],
        end: Callable[[], Awaitable[int]],
        stalled: Callable[[], float],
        clock: Callable[[], datetime],
    ) -> None:
        """`consumer` stands at the position; it is None where the stage has no input."""
        self.number, self.count = number, settings.shares(spec)
        self._spec, self._settings = spec, settings
        self._consumer, self._producer = consumer, producer
        self.position = position
        self._state: dict[str, bytes] | None = state  # as restored, until it is asked for or changed
        self._restore, self._end, self._stalled, self._clock = restore, end, stalled, clock
        self._partition = TopicPartition(settings.topic(spec.input or ""), number)
        self._buffer: list[Record] = []
        self._fetch: asyncio.Task[Any] | None = None
        self._stirred = asyncio.Event()
        self._woken = False
        self._handed: KafkaBatch | None = None
        self._finishing: KafkaBatch | None = None
        self._idle = asyncio.Event()  # no commit is under way
        self._idle.set()
        self.lost = asyncio.Event()
        self.why_lost = ""
        self.finished = 0  # batches

    async def load(self) -> dict[str, bytes]:
        self._check()
        state, self._state = self._state, None
        if state is None:
            try:
                state = await self._restore()
            except (KafkaError, TimeoutError) as why:
                raise self._broken(why) from why
        return state

    async def read(self, limit: int, wait: float) -> "KafkaBatch":
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while True:
            self._check()
            self._stirred.clear()
            self._gather()
            if (limit and self._buffer) or self._woken or loop.time() >= until:
                break
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._stirred.wait()
        self._woken = False
        self._handed = KafkaBatch(self._buffer[:limit], self._finish)
        return self._handed

    def wake(self) -> None:
        self._woken = True
        self._stirred.set()

    async def lag(self) -> int:
        self._check()
        if self._consumer is None:
            return 0
        try:
            end = await self._end()
            reached = await self._consumer.position(self._partition)
        except (KafkaError, TimeoutError) as why:
            raise self._broken(why) from why
        self._gather()  # after the position was asked: what lies before it is in the buffer by now
        under_way = len(self._finishing.records) if self._finishing else 0
        return under_way + len(self._buffer) + max(int(end - reached), 0)

    def lose(self, why: str) -> None:
        """From now on everything raises `Lost`; a commit under way is not disturbed."""
        self.why_lost = self.why_lost or why
        self.lost.set()
        self._stirred.set()

    async def settled(self) -> None:
        """No commit is under way."""
        await self._idle.wait()

    async def close(self) -> None:
        """Let a commit under way end, then throw away what belongs to this share alone."""
        self.lose("given back")
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE):
                await self.settled()
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.gather(self._fetch, return_exceptions=True)
        clients = [discard(self._producer), *([] if self._consumer is None else [stop(self._consumer)])]
        await asyncio.gather(*clients)

    def _check(self) -> None:
        silent = self._stalled()
        if silent:
            self.lose(f"this process stood still for {silent:.0f} s")
        if self.why_lost:
            raise Lost(self.why_lost)

    def _broken(self, why: BaseException) -> Lost:
        self.lose(f"{type(why).__name__}: {why}")
        return Lost(self.why_lost)

    def _gather(self) -> None:
        """Take what was fetched, and fetch on where there is room. Raises `Lost` where fetching failed."""
        if self._consumer is None:
            return
        if self._fetch is not None and self._fetch.done():
            fetch, self._fetch = self._fetch, None
            try:
                self._buffer += [
                    record_of(self._spec.input or "", one) for one in fetch.result().get(self._partition, ())
                ]
            except OffsetOutOfRangeError as why:
                self.lose("the position lies outside of the topic")
                raise Lost(self.why_lost) from why
            except (KafkaError, AssertionError) as why:
                raise self._broken(why) from why
        if self._fetch is None and len(self._buffer) < PREFETCH:
            polling = self._consumer.getmany(self._partition, timeout_ms=int(LONG_POLL * 1000), max_records=PREFETCH)
            self._fetch = asyncio.ensure_future(polling)
            self._fetch.add_done_callback(lambda _: self._stirred.set())

    async def _finish(self, batch: "KafkaBatch", outputs: Sequence[Output], changes: Changes) -> None:
        self._check()
        if batch is not self._handed or self._finishing is not None:
            raise RuntimeError("batches are finished once each, in the order in which they were read")
        check_sizes(outputs, changes)
        check_topics(outputs)
        self._handed, self._finishing = None, batch
        del self._buffer[: len(batch.records)]
        position = Position.after(batch.records[-1]) if batch.records else None
        if position is not None or outputs or changes:
            await self._commit(placed(self._settings, outputs), rows(changes, position))
        self._state = None if changes else self._state
        self._finishing = None
        self.finished += 1
        self.position = position or self.position

    async def _commit(self, outputs: dict[Place, list[Row]], kept: list[Row]) -> None:
        """Write all, or lose the share: after a fault the producer is of no use, whatever it says of itself."""
        write = self._in_transaction if self._spec.atomic else self._outputs_first
        self._idle.clear()
        try:
            async with asyncio.timeout(self._settings.commit_timeout):
                await write(outputs, {(self._settings.changelog(self._spec.name), self.number): kept})
        except (KafkaError, AssertionError, TimeoutError) as why:
            raise self._broken(why) from why
        except asyncio.CancelledError:
            self.lose("cancelled in the middle of a commit")
            raise
        finally:
            self._idle.set()

    async def _in_transaction(self, outputs: Mapping[Place, list[Row]], kept: Mapping[Place, list[Row]]) -> None:
        await self._producer.begin_transaction()
        await send(self._producer, {place: them for place, them in {**outputs, **kept}.items() if them}, self._clock())
        await self._producer.commit_transaction()

    async def _outputs_first(self, outputs: Mapping[Place, list[Row]], kept: Mapping[Place, list[Row]]) -> None:
        await send(self._producer, dict(outputs), self._clock())
        if silent := self._stalled():  # it must not write an old position over a newer one
            self.lose(f"this process stood still for {silent:.0f} s")
            raise Lost(self.why_lost)
        await send(self._producer, {place: them for place, them in kept.items() if them}, self._clock())


class KafkaBatch:
    """See `monitor.stream.contract.Batch`."""

    def __init__(
        self,
        records: Sequence[Record],
        finish: Callable[["KafkaBatch", Sequence[Output], Changes], Awaitable[None]],
    ) -> None:
        self.records = records
        self._finish = finish

    async def done(self, outputs: Sequence[Output], changes: Changes) -> None:
        await self._finish(self, outputs, changes)


def record_of(topic: str, one: Any) -> Record:
    at = EPOCH + timedelta(milliseconds=one.timestamp)
    return Record(topic, one.partition, one.offset, (one.key or b"").decode(errors="replace"), one.value or b"", at)
