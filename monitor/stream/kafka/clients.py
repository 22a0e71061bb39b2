"""The library's clients, made as we need them and stopped so that nothing hangs."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from monitor.logs import Logger
from monitor.stream.kafka.settings import KafkaSettings

STOP_WITHIN = 1.0  # seconds; with all at hand it takes milliseconds
BATCH_BYTES = 256 * 1024
SAY_AGAIN = 30.0  # seconds until the same trouble of the library is logged again


class Client(Protocol):
    def stop(self) -> Awaitable[None]: ...


def reader(settings: KafkaSettings) -> AIOKafkaConsumer:
    """A consumer without a group: it reads what it is assigned, from where it is told, and commits nothing."""
    return _consumer(settings, "read_committed")


def asker(settings: KafkaSettings) -> AIOKafkaConsumer:
    """A consumer that is asked for offsets alone; an end is that of all that was written, committed or not."""
    return _consumer(settings, "read_uncommitted")


def _consumer(settings: KafkaSettings, isolation: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **settings.client(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",  # an offset that is gone must be heard of
        isolation_level=isolation,
        request_timeout_ms=_ms(settings.request_timeout),
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )


def writer(settings: KafkaSettings, transactional_id: str | None = None) -> AIOKafkaProducer:
    """A producer whose retries double nothing; with an id, one of transactions, which fences its forerunner."""
    return AIOKafkaProducer(
        **settings.client(),
        enable_idempotence=True,  # and acks=all
        transactional_id=transactional_id,
        transaction_timeout_ms=_ms(settings.transaction_timeout),
        request_timeout_ms=_ms(settings.request_timeout),
        compression_type="zstd",  # lz4 is fixed at its slow level in this library
        max_batch_size=BATCH_BYTES,
        linger_ms=0,  # batches are made by us, whole
        max_request_size=2 * 1024 * 1024,
    )


def _ms(seconds: float) -> int:
    return int(seconds * 1000)


async def stop(client: Client) -> None:
    """Stop a client, whatever the brokers do."""
    await _within(client.stop())


async def _within(stopping: Awaitable[None]) -> None:
    """With the brokers away it may hang, or raise CancelledError though nobody cancelled (both tried on 0.14).

    A task of its own keeps that from us; `wait_for` of Python 3.11 may swallow a cancellation that is meant for us.
    """
    task = asyncio.ensure_future(stopping)
    for patience in (STOP_WITHIN, STOP_WITHIN / 5):
        done, _ = await asyncio.wait({task}, timeout=patience)
        if done:
            break
        task.cancel()
    if task.done() and not task.cancelled():
        task.exception()  # heard, and of no use: the client is gone either way


async def discard(producer: AIOKafkaProducer) -> None:
    """Throw a producer away with all that it has not sent yet.

    Its own `stop` first waits until all is sent, for ever where the brokers are away; and a producer left at that
    goes on trying behind our back. What it has for this is private, in 0.14 as in 0.15.
    """
    sending = producer._sender.sender_task if producer._sender is not None else None
    for _ in range(2):  # at the first it waits for requests under way, at the second no more
        if sending is not None and not sending.done():
            sending.cancel()
            await asyncio.wait({sending}, timeout=STOP_WITHIN / 5)
    producer._closed = True
    await _within(producer.client.close())


class LibraryLog(logging.Handler):
    """Lines of the library's own log, as events of ours, each trouble once in a while."""

    def __init__(self, log: Logger) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._said: dict[str, float] = {}
        self.last = ""  # what the library's errors do not say: why it could not connect

    def emit(self, record: logging.LogRecord) -> None:
        now = time.monotonic()
        self.last = record.getMessage()[:500]
        if now - self._said.get(record.msg, -SAY_AGAIN) < SAY_AGAIN:
            return
        self._said[record.msg] = now
        self._log.warning("kafka.trouble", text=self.last, part=record.name)


def listen_to_library(log: Logger) -> LibraryLog:
    """Hand the library's log to ours, until `hush`."""
    library, handler = logging.getLogger("aiokafka"), LibraryLog(log)
    library.addHandler(handler)
    library.propagate = False
    return handler


def hush(handler: LibraryLog) -> None:
    """Listen no more."""
    library = logging.getLogger("aiokafka")
    library.removeHandler(handler)
    library.propagate = not library.handlers
