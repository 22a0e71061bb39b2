"""The library's clients, made as we need them and stopped so that nothing hangs."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from monitor.logs import Logger
from monitor.stream.kafka.settings import KafkaSettings

STOP_WITHIN = 5.0  # seconds
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
    """Stop a client, whatever the brokers do.

    With them away, `stop` of an idempotent producer hangs, and that of a consumer raises CancelledError though
    nobody cancelled (both tried on 0.14).
    """
    try:
        await asyncio.wait_for(client.stop(), STOP_WITHIN)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
    except (KafkaError, TimeoutError, OSError):
        pass


class LibraryLog(logging.Handler):
    """Lines of the library's own log, as events of ours, each trouble once in a while."""

    def __init__(self, log: Logger) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._said: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        now = time.monotonic()
        if now - self._said.get(record.msg, -SAY_AGAIN) < SAY_AGAIN:
            return
        self._said[record.msg] = now
        self._log.warning("kafka.trouble", text=record.getMessage()[:500], part=record.name)


def listen_to_library(log: Logger) -> Any:
    """Hand the library's log to ours. Gives a function that ends it."""
    library, handler = logging.getLogger("aiokafka"), LibraryLog(log)
    library.addHandler(handler)
    library.propagate = False

    def end() -> None:
        with suppress(ValueError):
            library.removeHandler(handler)
        library.propagate = not library.handlers

    return end
