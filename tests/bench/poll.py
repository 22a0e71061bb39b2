"""Figures of polling: `python -m tests.bench.poll [SECONDS]`.

A loopback server in another process serves 330 feeds of 30 items, each at a host of its own, and answers four of
five requests with 304. Rates are for one core: polls divided by the CPU seconds of this process and, for the poller,
of its parsers; the wall-clock rate is given besides, where server and poller share the machine. The bare client does
the same requests in the same run and reads the bodies, no more.
"""

import asyncio
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import structlog

from monitor.ingest.feed import Feed, Priority
from monitor.ingest.fetch import Fetcher, Limits
from monitor.ingest.parse.pool import ParserPool
from monitor.ingest.poll import Policy
from monitor.ingest.schedule import Pace
from monitor.ingest.transport import open_transport
from monitor.ingest.worker import Poller
from monitor.logs import configure, logger
from monitor.stage import Edge, run_stage
from monitor.stream.contract import INGEST, Share
from monitor.stream.sqlite import open_owner

FEEDS = 330
AT_ONCE = 100
SLICES = 3  # of each measurement; the best one counts, as others use the machine too


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def server(items: int = 30, every: int = 5) -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench._feed_server", str(items), str(every), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


def urls(port: int) -> list[str]:
    return [f"http://127.0.{number // 250}.{number % 250 + 1}:{port}/f{number}" for number in range(FEEDS)]


def cpu() -> float:
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime


def parsers_cpu() -> float:
    """CPU seconds of the parser processes."""
    used = 0.0
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            with suppress(OSError):
                if b"parse.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                    used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


async def bare(port: int, seconds: float) -> tuple[float, float]:
    """Requests a second of CPU, and of the clock, of httpx alone."""
    etags: dict[str, str] = {}
    waiting = iter(urls(port) * 1000)
    done = 0
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=64)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        end = time.perf_counter() + seconds

        async def one() -> None:
            nonlocal done
            while time.perf_counter() < end:
                url = next(waiting)
                headers = {"If-None-Match": etags[url]} if url in etags else {}
                response = await client.get(url, headers=headers)
                etags[url] = response.headers["etag"]
                done += 1

        started, spent = time.perf_counter(), cpu()
        await asyncio.gather(*(one() for _ in range(AT_ONCE)))
        return done / (cpu() - spent), done / (time.perf_counter() - started)


class Count:
    """What the loop tells of polls."""

    def __init__(self) -> None:
        self.polls = self.unchanged = 0

    def fact(self, stage: str, fact: object) -> None:
        if getattr(fact, "event", "") == "poll.finished":
            self.polls += 1
            self.unchanged += getattr(fact, "fields", {}).get("state") == "not_modified"

    def turn(self, stage: str, records: int) -> None: ...

    def taken(self, stage: str, share: Share, worker: object) -> None: ...

    def given_back(self, stage: str, share: Share) -> None: ...

    def blocked(self, stage: str, why: str) -> None: ...


async def product(port: int, seconds: float, pace: Pace, feeds: int, folder: Path) -> dict[str, float]:
    """The poller with its stage loop, parsers and a SQLite stream."""
    count, stop = Count(), asyncio.Event()
    listed = [Feed(id=f"f{n}", url=url, outlet="Paper") for n, url in enumerate(urls(port)[:feeds])]
    policy = Policy({priority: pace for priority in Priority}, spacing=0.0, in_flight=AT_ONCE)
    transport = open_transport(allow_private=True)
    async with ParserPool(1) as pool, transport:
        await pool.parse(b"<rss/>", "", "", now())
        fetcher = Fetcher(transport, pool.parse, now, Limits(allow_private=True), "Demarche/bench")
        edge = Edge(now, stop, logger(), count)
        stream = await open_owner(folder / "bench.sqlite")
        stage = asyncio.create_task(
            run_stage(stream, INGEST, lambda share: Poller(lambda: listed, fetcher, policy), edge)
        )
        lags = asyncio.create_task(_lags(stop))
        while count.polls < 2 * feeds and not stage.done():  # noqa: ASYNC110  # all are read once; the loop tells nobody
            await asyncio.sleep(0.1)
        slices = [await _slice(count, seconds / SLICES) for _ in range(SLICES)]
        stop.set()
        await stage
        await stream.close()
        lag = sorted(await lags)
    best = max(slices, key=lambda one: one["per_cpu"])
    return best | {"lag_p50": lag[len(lag) // 2], "lag_p99": lag[int(len(lag) * 0.99)]}


async def _slice(count: Count, seconds: float) -> dict[str, float]:
    started, spent, polls, unchanged, parsing = time.perf_counter(), cpu(), count.polls, count.unchanged, parsers_cpu()
    await asyncio.sleep(seconds)
    took, used, parsing = time.perf_counter() - started, cpu() - spent, parsers_cpu() - parsing
    polls, unchanged = count.polls - polls, count.unchanged - unchanged
    return {
        "polls": polls, "unchanged": unchanged / max(polls, 1), "per_cpu": polls / (used + parsing),
        "own": polls / used, "wall": polls / took,
    }  # fmt: skip


async def _lags(stop: asyncio.Event) -> list[float]:
    found = []
    while not stop.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.002)
        found.append(time.perf_counter() - before - 0.002)
    return found


async def main(seconds: float) -> None:
    configure(stream=io.StringIO(), form="json", level="error")
    structlog.contextvars.clear_contextvars()
    async with server() as port:
        first = [await bare(port, seconds / SLICES) for _ in range(SLICES)]
    with tempfile.TemporaryDirectory() as folder:
        async with server() as port:
            full = await product(port, seconds, Pace(0, 0), FEEDS, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        async with server() as port:
            steady = await product(port, seconds, Pace(10, 10), FEEDS, Path(folder))
    async with server() as port:
        bare_cpu, bare_wall = max(first + [await bare(port, seconds / SLICES) for _ in range(SLICES)])
    say = sys.stdout.write
    say(f"bare httpx            {bare_cpu:6.0f} requests per CPU second, {bare_wall:.0f} by the clock\n")
    say(f"poller, all of it     {full['per_cpu']:6.0f} polls per CPU second, {full['wall']:.0f} by the clock, "
        f"{full['unchanged']:.0%} unchanged: {full['per_cpu'] / bare_cpu:.2f} of bare httpx\n")  # fmt: skip
    say(f"  without the parsers {full['own']:6.0f} polls per CPU second: {full['own'] / bare_cpu:.2f}\n")
    say(f"event-loop lag at {steady['wall'] * 60:.0f} polls a minute: p50 {steady['lag_p50'] * 1e3:.1f} ms, "
        f"p99 {steady['lag_p99'] * 1e3:.1f} ms; flat out p99 {full['lag_p99'] * 1e3:.1f} ms\n")  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))
