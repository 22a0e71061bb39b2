"""What a process does beside its stages: the proof of life, and word of a stage that stands still."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from pathlib import Path

import httpx
import pytest

from monitor.duty import Duty
from monitor.health import Health
from monitor.message.alert import Notice
from monitor.message.codec import decode_alert
from monitor.message.step import ALERTS
from monitor.metrics import Metrics
from monitor.stream.contract import Stream
from monitor.stream.sqlite import open_owner
from tests.notify.server import Answer, Server, serving
from tests.spine.test_stage import quiet


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 6, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[Stream]:
    owner = await open_owner(tmp_path / "s.db", log=quiet())
    yield owner
    await owner.close()


async def notices(stream: Stream, duty: Duty, count: int) -> list[Notice]:
    """What the operator is told while the duty goes on, until so many came."""
    found: list[Notice] = []
    watching = asyncio.create_task(duty.watch())
    try:
        async with asyncio.timeout(20):
            async for record in stream.read(ALERTS, follow=True):
                message = decode_alert(record.value)
                assert isinstance(message, Notice)
                found.append(message)
                if len(found) == count:
                    return found
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    return found


async def test_the_proof_of_life_is_given_while_all_is_well(server: Server, stream: Stream) -> None:
    health = Health(Clock(), Metrics())
    health.begin(["classify"])
    async with httpx.AsyncClient() as client:
        duty = Duty(health, stream, client, quiet(), heartbeat_url=server.script("/beat", Answer()))
        watching = asyncio.create_task(duty.watch())
        async with asyncio.timeout(10):
            while not server.at("/beat"):
                await asyncio.wait({watching}, timeout=0.02)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_a_stuck_stage_is_told_once_and_gives_no_proof_of_life(server: Server, stream: Stream) -> None:
    health = Health(Clock(), Metrics())
    health.begin(["classify"])
    health.blocked("classify", "database or disk is full")
    async with httpx.AsyncClient() as client:
        duty = Duty(health, stream, client, quiet(), heartbeat_url=server.script("/beat", Answer()))
        (notice,) = await notices(stream, duty, 1)
    assert notice.trouble
    assert notice.text == "classify stands still: database or disk is full"
    assert server.at("/beat") == []


async def test_the_daily_line_comes_also_on_an_empty_day(stream: Stream) -> None:
    clock = Clock()
    health = Health(clock, Metrics())
    async with httpx.AsyncClient() as client:
        duty = Duty(health, stream, client, quiet(), daily_line=time(7))
        clock.now = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
        (notice,) = await notices(stream, duty, 1)
    assert not notice.trouble
    assert notice.text == "0 alerts, 0 of 0 feeds well, 0 items read"
