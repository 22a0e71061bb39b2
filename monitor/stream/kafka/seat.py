"""A process's seat in a stage: it opens the shares that it is given, and closes those that it loses."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from monitor.logs import Logger
from monitor.message.fact import Fact
from monitor.stream.contract import StageSpec
from monitor.stream.kafka.clients import asker, stop
from monitor.stream.kafka.membership import Membership
from monitor.stream.kafka.opening import Opening, Tell, open_share
from monitor.stream.kafka.settings import KafkaSettings
from monitor.stream.kafka.share import SETTLE, KafkaShare

LOOK = 0.5  # seconds between looks at whether a share that is being opened is still ours
FENCED = ("ProducerFenced", "InvalidProducerEpoch")  # errors of one whose place another has taken
BACK_OFF = (0.0, 0.5, 1.0, 2.0, 5.0)  # seconds before a share that broke, again and again, is opened anew


class Seat:
    """Made inside a running loop; it joins the group at once."""

    def __init__(
        self, spec: StageSpec, settings: KafkaSettings, clock: Callable[[], datetime], log: Logger, tell: Tell
    ) -> None:
        self._log = log.bind(stage=spec.name)
        self._open: dict[int, KafkaShare] = {}
        self._broke: dict[int, int] = {}  # times in a row, without a batch between
        self._due: dict[int, float] = {}
        self._group = Membership(
            settings,
            spec.name,
            settings.membership_topic(spec),
            on_revoked=self._give_up_all,
            positions=lambda: {n: share.position.next for n, share in self._open.items() if share.position},
            log=self._log,
        )
        self._opening = Opening(spec, settings, clock, self._group.stalled, self._group.given_for, self._log, tell)
        self._side: AIOKafkaConsumer | None = None  # it fetches nothing, so that offsets can be asked for at any time

    async def next(self) -> KafkaShare:
        """The next share that this process is given."""
        while True:
            self._group.changed.clear()
            await self._close_lost()
            due = [n for n in sorted(self._group.assigned - set(self._open)) if self._due.get(n, 0) <= time.monotonic()]
            if not due:
                await self._wait()
            elif share := await self._try(due[0]):
                self._open[due[0]] = share
                return share

    async def close(self) -> None:
        """Give all shares back and leave the group."""
        await asyncio.gather(*(share.close() for share in self._open.values()))
        self._open.clear()
        await self._group.close()
        if self._side is not None:
            await stop(self._side)

    async def _wait(self) -> None:
        """Until the group or a share changes, or one that broke is due."""
        changes = [asyncio.ensure_future(self._group.changed.wait())]
        changes += [asyncio.ensure_future(share.lost.wait()) for share in self._open.values()]
        soon = min((at for n, at in self._due.items() if n in self._group.assigned - set(self._open)), default=None)
        timeout = None if soon is None else max(soon - time.monotonic(), 0.0)
        try:
            await asyncio.wait(changes, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for change in changes:
                change.cancel()
            await asyncio.gather(*changes, return_exceptions=True)

    async def _try(self, number: int) -> KafkaShare | None:
        """Open a share, unless the group takes it away meanwhile: opening fences, and must not fence a new owner."""
        epoch = self._group.epoch
        opening = asyncio.ensure_future(self._opened(number))
        try:
            while not opening.done() and self._group.epoch == epoch:
                await asyncio.wait({opening}, timeout=LOOK)
            if not opening.done():
                return None
            share = opening.result()
        except (KafkaError, TimeoutError, OSError, AssertionError) as why:
            self._put_off(number, f"{type(why).__name__}: {why}")
            return None
        finally:
            if not opening.done():
                opening.cancel()
                await asyncio.gather(opening, return_exceptions=True)
        if self._group.epoch == epoch:
            return share
        await share.close()
        return None

    async def _opened(self, number: int) -> KafkaShare:
        if self._side is None:
            side = asker(self._opening.settings)
            try:
                await side.start()
            except BaseException:
                await stop(side)
                raise
            self._side = side
        return await open_share(self._opening, self._side, number)

    async def _close_lost(self) -> None:
        for number, share in list(self._open.items()):
            if share.lost.is_set():
                del self._open[number]
                if any(name in share.why_lost for name in FENCED):
                    self._opening.fact(number, Fact("producer.fenced", {"why": share.why_lost[:300]}, level="warning"))
                if number in self._group.assigned:
                    if share.finished:
                        self._broke[number] = 0
                    self._put_off(number, share.why_lost)
                await share.close()

    def _put_off(self, number: int, why: str) -> None:
        """Note that a share broke, and when it is opened anew."""
        times = self._broke.get(number, 0)
        self._broke[number] = times + 1
        wait = BACK_OFF[min(times, len(BACK_OFF) - 1)]
        self._due[number] = time.monotonic() + wait
        fields = {"reason": why.partition(":")[0][:40], "why": why[:300], "again_in": wait}
        self._opening.fact(number, Fact("share.broke", fields, level="warning"))

    async def _give_up_all(self) -> None:
        self._give_up("the group shares out anew")
        await self._settled()

    def _give_up(self, why: str) -> None:
        for share in self._open.values():
            share.lose(why)

    async def _settled(self) -> None:
        commits = [asyncio.ensure_future(share.settled()) for share in self._open.values()]
        if commits:
            _, late = await asyncio.wait(commits, timeout=SETTLE)
            for commit in late:
                commit.cancel()
            await asyncio.gather(*commits, return_exceptions=True)
