"""The stream on Kafka, opened: topics are there and as wanted."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import stamina
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from monitor.errors import Unavailable
from monitor.logs import Logger, logger
from monitor.message.fact import Fact
from monitor.message.step import Output
from monitor.stream.contract import STAGES, Record, StageSpec, check_sizes, check_topics
from monitor.stream.kafka import reading
from monitor.stream.kafka.clients import LibraryLog, discard, hush, listen_to_library, writer
from monitor.stream.kafka.opening import Tell
from monitor.stream.kafka.producing import placed, send
from monitor.stream.kafka.seat import Seat
from monitor.stream.kafka.settings import KafkaSettings
from monitor.stream.kafka.share import KafkaShare
from monitor.stream.kafka.topics import check_there, make_and_check

Clock = Callable[[], datetime]
APPEND_WITHIN = 30.0  # seconds


def now() -> datetime:
    return datetime.now(UTC)


def _untold(_stage: str, _fact: Fact) -> None:
    return None


async def open_stream(
    settings: KafkaSettings,
    *,
    make: bool = True,
    patience: float | None = None,
    clock: Clock = now,
    log: Logger | None = None,
    tell: Tell = _untold,
) -> "KafkaStream":
    """Open the stream once the brokers answer, at the latest after `patience` seconds (None: however long it takes).

    With `make` the topics are made where they are missing, and compared; commands leave that to `demarche run`.
    `tell` hears what happens to shares, for metrics. Raises `Faults` with all that differs, `UserError` where there
    are no topics, and `Unavailable` where no broker answered in time.
    """
    log = (log or logger()).bind(stream="kafka")
    library = listen_to_library(log)
    try:
        await _prepare(settings, make, patience, log, library)
    except BaseException:
        hush(library)
        raise
    return KafkaStream(settings, clock, log, tell, library)


async def _prepare(
    settings: KafkaSettings, make: bool, patience: float | None, log: Logger, library: LibraryLog
) -> None:
    tries = stamina.retry_context(
        on=Unavailable, attempts=None, timeout=patience, wait_initial=0.5, wait_max=10.0, wait_jitter=0.5
    )
    async for attempt in tries:
        with attempt:
            library.last = ""
            admin = AIOKafkaAdminClient(**settings.client())
            try:
                await admin.start()
                if not make:
                    await check_there(admin, settings)
                elif made := await make_and_check(admin, settings):
                    log.info("topics.made", topics=made)
            except (KafkaError, OSError, TimeoutError) as why:
                text = f"Kafka at {settings.brokers} does not answer: {library.last or f'{type(why).__name__}: {why}'}"
                raise Unavailable(text) from why
            finally:
                await admin.close()
    log.info("stream.opened", brokers=settings.brokers)


class KafkaStream:
    """See `monitor.stream.contract.Stream`."""

    def __init__(self, settings: KafkaSettings, clock: Clock, log: Logger, tell: Tell, library: LibraryLog) -> None:
        self._settings, self._clock, self._log, self._tell = settings, clock, log, tell
        self._library = library
        self._producer: AIOKafkaProducer | None = None
        self._appending = asyncio.Lock()

    async def shares(self, spec: StageSpec) -> AsyncIterator[KafkaShare]:
        seat = Seat(spec, self._settings, self._clock, self._log, self._tell)
        try:
            while True:
                yield await seat.next()
        finally:
            await seat.close()

    async def append(self, outputs: Sequence[Output]) -> None:
        check_sizes(outputs, {})
        check_topics(outputs)
        async with self._appending:
            try:
                async with asyncio.timeout(APPEND_WITHIN):
                    await send(await self._writer(), placed(self._settings, outputs), self._clock())
            except (KafkaError, AssertionError, TimeoutError, OSError) as why:
                await self._drop_writer()
                raise Unavailable(f"Kafka did not take the records: {type(why).__name__}: {why}") from why

    def read(self, topic: str, *, since: datetime | None = None, follow: bool = False) -> AsyncIterator[Record]:
        return reading.read(self._settings, topic, since=since, follow=follow)

    async def find(self, topic: str, key: str) -> list[Record]:
        return await reading.find(self._settings, topic, key)

    async def state(self, stage: str) -> dict[str, bytes]:
        shares = next(self._settings.shares(spec) for spec in STAGES if spec.name == stage)
        return await reading.state(self._settings, stage, shares)

    async def close(self) -> None:
        await self._drop_writer()
        hush(self._library)

    async def _writer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = writer(self._settings)
            try:
                await producer.start()
            except BaseException:
                await discard(producer)
                raise
            self._producer = producer
        return self._producer

    async def _drop_writer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await discard(producer)
