"""The one loop: read, decide, commit, act, again. It knows streams, and no stage by name."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from monitor.errors import Lost, PoisonRecord, Unavailable
from monitor.logs import Logger, log_fact
from monitor.message.dead import DeadRecord
from monitor.message.fact import Fact
from monitor.message.step import Broken, Output, Step
from monitor.stream.contract import Batch, Record, Share, StageSpec, Stream, check_sizes, dead

READ_LIMIT = 500  # records a batch
SLICE = 8  # records a step
WORK_TIME = 0.005  # seconds of work before other tasks get their turn
IDLE_WAIT = 5.0  # seconds between looks at the clock where no step asked for one
ACTION_GRACE = 3.0  # seconds that actions under way get when the stage is told to stop
STOP_GRACE = 3.3  # seconds from that until a share is let go with what it is at; all in all a stop takes five
BLOCKED_WAITS = (0.2, 1.0, 5.0)  # seconds between tries while the stream refuses

Clock = Callable[[], datetime]


class Worker(Protocol):
    """A stage at work on one share: its decisions, and the state that they rest on.

    `step` may change the worker's own state at will: where the commit is lost or the step raises, the worker is
    handed the committed state again by `restore`, and what it knew is gone.
    """

    def restore(self, state: Mapping[str, bytes]) -> None:
        """Take the committed state, forgetting everything else."""
        ...

    def decode(self, value: bytes) -> Any:
        """A message of the input. Raises `PoisonRecord`."""
        ...

    def step(self, messages: Sequence[Any], results: Sequence[Any], now: datetime) -> Step:
        """Decide on what came: messages of the input, results of earlier actions, or neither (the time came)."""
        ...

    async def perform(self, action: Any) -> Any:
        """Do one action (a fetch, a POST) and give its result; an expected failure is a value."""
        ...

    def settled(self, now: datetime) -> bool:
        """Nothing is under way or due: what is left is in the future. `--once` ends here."""
        ...

    def readings(self, now: datetime) -> Mapping[str, float]:
        """Figures for metrics; those of several shares are added up, but for `oldest...`, where the largest counts."""
        ...


class Watch(Protocol):
    """Whoever counts what stages do: metrics and health."""

    def fact(self, stage: str, fact: Fact) -> None: ...

    def taken(self, stage: str, share: Share, worker: Worker) -> None: ...

    def given_back(self, stage: str, share: Share) -> None: ...

    def turn(self, stage: str, records: int) -> None:
        """The loop went round, and `records` were finished."""
        ...

    def blocked(self, stage: str, why: str) -> None:
        """The stream refuses; `why` is empty when it does no more."""
        ...


@dataclass(frozen=True, slots=True)
class Edge:
    """What the loop gets from outside."""

    clock: Clock
    stop: asyncio.Event
    log: Logger
    watch: Watch
    once: bool = False  # end when nothing is left but what is due later
    pace: float = 1.0  # seconds of `clock` in a second of ours: a demonstration plays a week in a minute


async def run_stage(stream: Stream, spec: StageSpec, hire: Callable[[Share], Worker], edge: Edge) -> None:
    """Work on every share of the stage that this process is given, until told to stop.

    With `edge.once` it ends when each share has been worked through.
    """
    async with aclosing(_closing(stream.shares(spec))) as shares, asyncio.TaskGroup() as desks:
        finished: set[int] = set()
        working: set[asyncio.Task[None]] = set()
        while not edge.stop.is_set():
            share = await _next(shares, edge, working)
            if share is None:
                break
            desk = _Desk(spec, share, hire(share), edge)
            task = desks.create_task(desk.run(), name=f"{spec.name}-{share.number}")
            working.add(task)
            task.add_done_callback(working.discard)
            finished.add(share.number)
            if edge.once and len(finished) == share.count:
                break
        if working:
            await asyncio.wait(set(working))


async def _closing(shares: Any) -> Any:
    async with aclosing(shares):
        async for share in shares:
            yield share


async def _next(shares: Any, edge: Edge, working: set[asyncio.Task[None]]) -> Share | None:
    """The next share, or None where the stop came first. Desks finish before the shares are given back."""
    coming = asyncio.ensure_future(anext(shares))
    stopping = asyncio.ensure_future(edge.stop.wait())
    await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if coming.done():
        share: Share = coming.result()
        return share
    if working:
        await asyncio.wait(set(working))
    coming.cancel()
    with suppress(asyncio.CancelledError, StopAsyncIteration):
        await coming
    return None


class _Desk:
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
                    self._worker.restore(await self._share.load())
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

    async def _steps(self, messages: Sequence[Any], results: Sequence[Any]) -> "_Total":
        total = _Total()
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
    ) -> "_Total":
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

    def _with_aside(self, total: "_Total", aside: Sequence[tuple[Record, str]]) -> Step:
        now = self._edge.clock()
        for record, why in aside:
            fields = {"topic": record.topic, "offset": record.offset, "key": record.key, "why": why[:300]}
            total.facts.append(Fact("record.set_aside", fields, level="error"))
            note = DeadRecord.of(record.topic, record.partition, record.offset, record.key, record.value, why, now)
            total.outputs.append(Output(dead(record.topic), record.key, note.encode()))
        return total.step()


class _Total:
    """Several steps as one."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.changes: dict[str, bytes | None] = {}
        self.actions: list[Any] = []
        self.facts: list[Fact] = []
        self.wake_at: datetime | None = None

    def add(self, step: Step) -> None:
        self.outputs += step.outputs
        self.changes.update(step.changes)
        self.actions += step.actions
        self.facts += step.facts
        self.wake_at = step.wake_at  # the latest step knows all that the earlier ones did

    def step(self) -> Step:
        return Step(self.outputs, self.changes, self.actions, self.wake_at, self.facts)
