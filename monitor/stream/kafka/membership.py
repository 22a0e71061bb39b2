"""Which shares of a stage this process has: membership in a group, and nothing else.

The group's consumer never hands out a record: it stands paused and is polled so that the group keeps it. Reading is
done by other consumers, so that no trap of a rebalance (records of partitions that are gone, pauses forgotten,
positions moved) touches it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import KafkaError

from monitor.logs import Logger
from monitor.stream.kafka.clients import stop
from monitor.stream.kafka.settings import KafkaSettings

POLL = 0.5  # seconds
TELL_EVERY = 5.0  # seconds between the positions told to the group, for tools that show lag
AGAIN = 3.0  # seconds until the group is joined again after a fault
MARGIN = 20.0  # seconds: joining is parked by the broker for a whole rebalance


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """`assigned` holds the shares; `epoch` grows with each change, and `changed` is set."""

    def __init__(
        self,
        settings: KafkaSettings,
        stage: str,
        topic: str,
        *,
        on_revoked: Callable[[], Awaitable[None]],
        positions: Callable[[], Mapping[int, int]],
        log: Logger,
    ) -> None:
        """`on_revoked` is awaited before the shares go to others; `positions` tells where those held stand."""
        self._settings, self._stage, self._topic = settings, stage, topic
        self._on_revoked, self._positions, self._log = on_revoked, positions, log
        self.assigned: frozenset[int] = frozenset()
        self.epoch = 0
        self.changed = asyncio.Event()
        self._given_at = self._ticked = time.monotonic()
        self._told_at = 0.0
        self._told: dict[int, int] = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._closing = False
        self._tasks = [
            asyncio.create_task(self._belong(), name=f"kafka-group-{stage}"),
            asyncio.create_task(self._tick()),
        ]

    def given_for(self) -> float:
        """Seconds since the group last dealt out shares."""
        return time.monotonic() - self._given_at

    def stalled(self) -> float:
        """Seconds for which this process stood still past the session time-out, else 0.

        A process that was stopped wakes in the belief that it owns its shares, before the group has told it.
        """
        silent = time.monotonic() - self._ticked
        return silent if silent > self._settings.session_timeout else 0.0

    async def close(self) -> None:
        """Leave the group, so that others take over at once."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._change(frozenset())
        await self._on_revoked()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        partitions = list(assigned)
        if self._consumer is not None:
            self._consumer.pause(*partitions)  # a pause is forgotten at each rebalance
        self._given_at = time.monotonic()
        self._change(frozenset(partition.partition for partition in partitions))
        self._log.info("shares.assigned", shares=sorted(self.assigned))

    def _change(self, assigned: frozenset[int]) -> None:
        self.assigned = assigned
        self.epoch += 1
        self.changed.set()

    async def _tick(self) -> None:
        while True:
            silent = time.monotonic() - self._ticked
            if silent > self._settings.session_timeout:
                self._log.warning("process.stalled", seconds=round(silent, 1))
                await self._revoke_all()
            self._ticked = time.monotonic()
            await asyncio.sleep(POLL)

    async def _revoke_all(self) -> None:
        self._change(frozenset())
        await self._on_revoked()

    async def _belong(self) -> None:
        while not self._closing:  # a flag besides the cancellation, which the library may swallow
            consumer = self._consumer = self._make()
            try:
                await self._poll(consumer)
            except Exception as why:  # noqa: BLE001  # the library raises many kinds, and a dead task would be silent
                self._log.warning("group.broken", why=f"{type(why).__name__}: {why}", again_in=AGAIN)
            except asyncio.CancelledError:
                if self._closing:
                    raise
                self._log.warning("group.broken", why="cancelled by the library", again_in=AGAIN)
            finally:
                self._consumer = None
                await self._revoke_all()
                await stop(consumer)
            await asyncio.sleep(0 if self._closing else AGAIN)

    async def _poll(self, consumer: AIOKafkaConsumer) -> None:
        await consumer.start()
        consumer.subscribe([self._topic], listener=self)
        while not self._closing:
            await consumer.getmany(timeout_ms=int(POLL * 1000), max_records=1)
            await self._tell_positions(consumer)

    def _make(self) -> AIOKafkaConsumer:
        settings = self._settings
        return AIOKafkaConsumer(
            **settings.client(),
            client_id=f"{settings.name}-{self._stage}",
            group_id=f"{settings.name}-{self._stage}",
            enable_auto_commit=False,
            auto_offset_reset="latest",  # nothing is read here
            session_timeout_ms=int(settings.session_timeout * 1000),
            heartbeat_interval_ms=int(settings.heartbeat * 1000),
            rebalance_timeout_ms=int(settings.rebalance_timeout * 1000),
            request_timeout_ms=int((settings.rebalance_timeout + MARGIN) * 1000),
            partition_assignment_strategy=(StickyPartitionAssignor,),
        )

    async def _tell_positions(self, consumer: AIOKafkaConsumer) -> None:
        """Commit positions to the group, for tools that show lag; nothing of ours rests on these."""
        now = time.monotonic()
        positions = {share: at for share, at in self._positions().items() if share in self.assigned}
        if not positions or positions == self._told or now - self._told_at < TELL_EVERY:
            return
        self._told_at = now
        with suppress(KafkaError, TimeoutError, AssertionError):
            offsets = {TopicPartition(self._topic, share): at for share, at in positions.items()}
            async with asyncio.timeout(POLL * 4):
                await consumer.commit(offsets)
            self._told = positions
