"""One worker at one share: each turn reads, decides, commits, tells and acts."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from typing import Any

from monitor.errors import Lost, PoisonRecord, Unavailable, UserError
from monitor.logs import log_fact
from monitor.message.dead import DeadRecord
from monitor.message.fact import Fact
from monitor.message.step import Broken, Output, Step
from monitor.stage.total import Total
from monitor.stage.worker import Edge, Worker
from monitor.stream.contract import Batch, Record, Share, StageSpec, check_sizes, dead

READ_LIMIT = 500  # records a batch
SLICE = 8  # records a step
WORK_TIME = 0.005  # seconds of work before other tasks get their turn
IDLE_WAIT = 5.0  # seconds between looks at the clock where no step asked for one
ACTION_GRACE = 3.0  # seconds that actions under way get when the stage is told to stop
STOP_GRACE = 3.3  # seconds from that until a share is let go with what it is at; all in all a stop takes five
BLOCKED_WAITS = (0.2, 1.0, 5.0)  # seconds between tries while the stream refuses


class Desk:
    """One worker at one share."""

    def __init__(self, spec: StageSpec, share: Share, worker: Worker, edge: Edge) -> None:
        self._spec, self._share, self._worker, self._edge = spec, share, worker, edge
        self._log = edge.log.bind(stage=spec.name, share=share.number)
        self._results: list[Any] = []
        self._actions: set[asyncio.Task[None]] = set()
        self._wake_at: datetime | None = None
        self._commit: asyncio.Task[None] | None = None  # of the batch before, while the next one is decided on

    async def run(self) -> None:
        async with AsyncExitStack() as ended:
            limit = asyncio.timeout(None)
            try:
                async with limit:
                    ended.push_async_callback(self._drop, asyncio.ensure_future(self._heed_stop(limit)))
                    self._restore(await self._share.load())
                    self._log.info("share.taken", of=self._share.count)
                    self._edge.watch.taken(self._spec.name, self._share, self._worker)
                    await self._turns()
                    await self._finish()
            except Lost as why:
                self._log.warning("share.lost", why=str(why))
            except TimeoutError:
                if not limit.expired():
                    raise
                self._log.warning("share.lost", why="told to stop, and the stream did not take the last work in time")

    def _restore(self, state: Mapping[str, bytes]) -> None:
        """Raises `UserError` for a state that this release cannot read: to work on without it would tell all anew."""
        try:
            self._worker.restore(state)
        except PoisonRecord as why:
            raise UserError(
                f"the state of {self._spec.name} cannot be read: {why}; run the release that wrote it"
            ) from why

    async def _drop(self, waker: asyncio.Future[None]) -> None:
        self._edge.watch.given_back(self._spec.name, self._share)
        left: set[asyncio.Future[None]] = {waker, *self._actions}
        if self._commit is not None:
            left.add(self._commit)
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _heed_stop(self, limit: asyncio.Timeout) -> None:
        await self._edge.stop.wait()
        self._share.wake()
        limit.reschedule(asyncio.get_running_loop().time() + STOP_GRACE)

    async def _turns(self) -> None:
        wait = 0.0
        while not self._edge.stop.is_set():
            batch = await self._share.read(READ_LIMIT, wait)
            await self._turn(batch)
            if self._edge.once and not batch.records and await self._is_through():
                return
            wait = 0.0 if self._results else self._until_wake()
        await self._committed()

    def _until_wake(self) -> float:
        if self._edge.once:
            return 0.05
        if self._wake_at is None:
            return IDLE_WAIT
        return min(max((self._wake_at - self._edge.clock()).total_seconds() / self._edge.pace, 0.0), IDLE_WAIT)

    async def _is_through(self) -> bool:
        await self._committed()
        busy = bool(self._actions or self._results)
        return not busy and self._worker.settled(self._edge.clock()) and await self._share.lag() == 0

    async def _finish(self) -> None:
        """Let actions under way end, write down what came of them, and begin no other."""
        if self._actions:
            await asyncio.wait(set(self._actions), timeout=ACTION_GRACE)
        if self._results:
            await self._turn(await self._share.read(0, 0.0), last=True)
            await self._committed()
        self._log.info("share.given_back")

    async def _turn(self, batch: Batch, *, last: bool = False) -> None:
        """Decide on a batch while the one before it is still being committed, then commit in order."""
        results, self._results = self._results, []
        step = await self._decide(batch.records, results)
        await self._committed()
        self._wake_at = step.wake_at
        self._commit = asyncio.create_task(self._conclude(batch, step, last=last))
        await asyncio.sleep(0)  # it has begun before the next batch is read

    async def _committed(self) -> None:
        """All that was decided is there for good. Raises `Lost`."""
        if self._commit is not None:
            await self._commit
            self._commit = None

    async def _conclude(self, batch: Batch, step: Step, *, last: bool) -> None:
        """Commit, and only then tell of it and act on it."""
        await self._write(batch, step)
        for fact in step.facts:
            log_fact(self._log, fact)
            self._edge.watch.fact(self._spec.name, fact)
        self._edge.watch.turn(self._spec.name, len(batch.records))
        if not last:
            for action in step.actions:
                task = asyncio.create_task(self._act(action))
                self._actions.add(task)
                task.add_done_callback(self._actions.discard)

    async def _act(self, action: Any) -> None:
        try:
            result = await self._worker.perform(action)
        except Exception as fault:  # noqa: BLE001  # a fault of ours must not stop the others
            self._log.exception("action.broke", action=type(action).__name__)
            result = Broken(action, f"{type(fault).__name__}: {fault}")
        self._results.append(result)
        self._share.wake()

    async def _write(self, batch: Batch, step: Step) -> None:
        """Finish the batch; wait while the stream refuses."""
        for tries in range(10**9):
            try:
                await batch.done(step.outputs, step.changes)
            except Unavailable as why:
                if tries == 0:
                    self._log.error("stage.blocked", why=str(why))
                    self._edge.watch.blocked(self._spec.name, str(why))
                if self._edge.stop.is_set():
                    raise Lost("stopped while the stream refused to write") from why
                with suppress(TimeoutError):
                    async with asyncio.timeout(BLOCKED_WAITS[min(tries, len(BLOCKED_WAITS) - 1)]):
                        await self._edge.stop.wait()
            else:
                if tries:
                    self._log.info("stage.unblocked", tries=tries)
                    self._edge.watch.blocked(self._spec.name, "")
                return

    async def _decide(self, records: Sequence[Record], results: Sequence[Any]) -> Step:
        """One step for the whole batch. A record that cannot be read or breaks a step is set aside, alone."""
        aside: list[tuple[Record, str]] = []
        read: list[tuple[Record, Any]] = []
        for record in records:
            try:
                read.append((record, self._worker.decode(record.value)))
            except PoisonRecord as why:
                aside.append((record, str(why)))
        try:
            total = await self._steps([message for _, message in read], results)
        except Exception:  # noqa: BLE001  # which record it was is found below
            total = await self._steps_without_the_broken(read, results, aside)
        return self._with_aside(total, aside)

    async def _steps(self, messages: Sequence[Any], results: Sequence[Any]) -> "Total":
        total = Total()
        started = time.perf_counter()
        for start in range(0, max(len(messages), 1), SLICE):
            part = messages[start : start + SLICE]
            total.add(self._step(part, results if start == 0 else ()))
            if time.perf_counter() - started > WORK_TIME:
                await asyncio.sleep(0)
                started = time.perf_counter()
        return total

    def _step(self, messages: Sequence[Any], results: Sequence[Any]) -> Step:
        """One step. Raises what the worker raises, and `PoisonRecord` for what no stream would take."""
        step = self._worker.step(messages, results, self._edge.clock())
        check_sizes(step.outputs, step.changes)
        return step

    async def _steps_without_the_broken(
        self, read: Sequence[tuple[Record, Any]], results: Sequence[Any], aside: list[tuple[Record, str]]
    ) -> "Total":
        """Find what breaks the step by taking one at a time, then take the rest afresh.

        The worker's state is spoilt by a step that raised, so it starts again from what was committed.
        """
        good: list[Any] = []
        kept: list[Any] = []
        await self._committed()  # what was committed is not whole before
        self._worker.restore(await self._share.load())
        for result in results:
            try:
                self._step((), (result,))
                kept.append(result)
            except Exception:  # noqa: BLE001  # a fault of ours: said, and left out
                self._log.exception("result.broke", result=type(result).__name__)
                self._worker.restore(await self._share.load())
        for record, message in read:
            try:
                self._step((message,), ())
                good.append(message)
            except Exception as why:  # noqa: BLE001  # this record is poison: it is set aside
                self._log.exception("record.broke", topic=record.topic, offset=record.offset, key=record.key)
                aside.append((record, f"{type(why).__name__}: {why}"))
                self._worker.restore(await self._share.load())
        self._worker.restore(await self._share.load())
        return await self._steps(good, kept)

    def _with_aside(self, total: "Total", aside: Sequence[tuple[Record, str]]) -> Step:
        now = self._edge.clock()
        for record, why in aside:
            fields = {"topic": record.topic, "offset": record.offset, "key": record.key, "why": why[:300]}
            total.facts.append(Fact("record.set_aside", fields, level="error"))
            note = DeadRecord.of(record.topic, record.partition, record.offset, record.key, record.value, why, now)
            total.outputs.append(Output(dead(record.topic), record.key, note.encode()))
        return total.step()
