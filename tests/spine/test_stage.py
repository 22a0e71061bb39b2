"""The one loop, on a real stream: commits, poison, actions, stopping."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from monitor.errors import PoisonRecord
from monitor.health import Health
from monitor.logs import Logger
from monitor.message.dead import DeadRecord
from monitor.message.fact import Fact
from monitor.message.step import Broken, Output, Step
from monitor.metrics import Metrics
from monitor.stage import Edge, run_stage
from monitor.stream.contract import ALERTS, DELIVERIES, NOTIFY, RECORD_LIMIT, Share, Stream, dead
from monitor.stream.sqlite import open_owner

START = datetime(2026, 3, 1, tzinfo=UTC)


def clock() -> datetime:
    return START


class Adder:
    """Adds numbers, keeps the sum as state, does what is asked by name."""

    def __init__(self, share: Share) -> None:
        self.sum = 0
        self.seen: list[Any] = []
        self.waiting = 0

    def restore(self, state: Mapping[str, bytes]) -> None:
        self.sum = int(state.get("sum", b"0"))

    def decode(self, value: bytes) -> int:
        try:
            return int(value)
        except ValueError as why:
            raise PoisonRecord(f"no number: {value!r}") from why

    def step(self, messages: Sequence[int], results: Sequence[Any], now: datetime) -> Step:
        outputs, actions = [], []
        for number in messages:
            self.sum += number
            if number == 13:
                raise RuntimeError("13 breaks me")
            if number == 14:
                outputs.append(Output(DELIVERIES, "large", bytes(RECORD_LIMIT + 1)))
            if number >= 100:
                self.waiting += 1
                actions.append(number)
            outputs.append(Output(DELIVERIES, str(number), b"%d" % self.sum))
        for result in results:
            self.waiting -= 1
            text = result.error if isinstance(result, Broken) else result
            outputs.append(Output(DELIVERIES, "result", text.encode()))
        facts = [Fact("number.added", {"count": len(messages)}, counted=True)] if messages else []
        return Step(outputs, {"sum": b"%d" % self.sum} if messages else {}, actions, now + timedelta(hours=1), facts)

    async def perform(self, action: int) -> str:
        if action == 500:
            raise ValueError("no such place")
        return f"did {action}"

    def settled(self, now: datetime) -> bool:
        return not self.waiting

    def readings(self, now: datetime) -> Mapping[str, float]:
        return {"sum": self.sum}


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[Stream]:
    owner = await open_owner(tmp_path / "s.db", clock=clock, log=quiet())
    yield owner
    await owner.close()


def quiet() -> Logger:
    log: Logger = structlog.wrap_logger(structlog.PrintLogger(io.StringIO()))
    return log


def edge(*, once: bool = True) -> Edge:
    return Edge(clock, asyncio.Event(), quiet(), Health(clock, Metrics()), once=once)


async def put(stream: Stream, *values: bytes) -> None:
    await stream.append([Output(ALERTS, str(number), value) for number, value in enumerate(values)])


async def told(stream: Stream, topic: str = DELIVERIES) -> list[bytes]:
    return [record.value async for record in stream.read(topic)]


async def test_once_ends_when_all_is_worked_through(stream: Stream) -> None:
    await put(stream, b"1", b"2", b"3")
    await run_stage(stream, NOTIFY, Adder, edge())
    assert await told(stream) == [b"1", b"3", b"6"]
    assert await stream.state("notify") == {"sum": b"6"}
    await put(stream, b"4")
    await run_stage(stream, NOTIFY, Adder, edge())
    assert (await told(stream))[-1:] == [b"10"]


async def test_what_cannot_be_read_or_breaks_a_step_is_set_aside_alone(stream: Stream) -> None:
    numbers = [b"%d" % number for number in range(1, 13)]
    await put(stream, *numbers, b"x", b"13", b"20", b"13", b"1")
    await run_stage(stream, NOTIFY, Adder, edge())
    assert await stream.state("notify") == {"sum": b"%d" % (sum(range(1, 13)) + 20 + 1)}
    aside = [msgspec.json.decode(value, type=DeadRecord) for value in await told(stream, dead(ALERTS))]
    assert sorted((record.record(), record.why) for record in aside) == [
        (b"13", "RuntimeError: 13 breaks me"),
        (b"13", "RuntimeError: 13 breaks me"),
        (b"x", "no number: b'x'"),
    ]
    assert len(await told(stream)) == 14


async def test_a_record_whose_output_is_too_large_is_set_aside_alone(stream: Stream) -> None:
    await put(stream, b"1", b"14", b"2")
    await run_stage(stream, NOTIFY, Adder, edge())
    assert await told(stream) == [b"1", b"3"]
    assert await stream.state("notify") == {"sum": b"3"}
    [aside] = [msgspec.json.decode(value, type=DeadRecord) for value in await told(stream, dead(ALERTS))]
    assert (aside.record(), aside.why[:36]) == (b"14", "PoisonRecord: too large for deliveri")


async def test_actions_give_results_also_when_they_break(stream: Stream) -> None:
    await put(stream, b"100", b"500", b"101")
    await run_stage(stream, NOTIFY, Adder, edge())
    assert sorted((await told(stream))[3:]) == [b"ValueError: no such place", b"did 100", b"did 101"]


async def test_told_to_stop_it_gives_the_share_back_and_the_next_goes_on(stream: Stream) -> None:
    first = edge(once=False)
    async with asyncio.TaskGroup() as group:
        group.create_task(run_stage(stream, NOTIFY, Adder, first))
        await put(stream, b"1", b"100")
        async with asyncio.timeout(5):
            async for record in stream.read(DELIVERIES, follow=True):
                if record.value == b"did 100":
                    break
        first.stop.set()
    await put(stream, b"7")
    await run_stage(stream, NOTIFY, Adder, edge())
    assert await told(stream) == [b"1", b"101", b"did 100", b"108"]
