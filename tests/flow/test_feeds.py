"""Feeds as an operator keeps them: the list changes under a run, and processes that share the feeds die."""

import asyncio
import json
import os
import signal
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.flow.program import PATIENCE, Desk, Process, Story, rss
from tests.ingest.newspaper import Asked, Given, Newspaper, newspaper

KIND = ("Content-Type", "application/rss+xml")
NEWS = Given(200, rss([Story("s-1", "A minister opens a bridge")]).encode(), (KIND,))


@pytest.fixture
async def paper() -> AsyncIterator[Newspaper]:
    async with newspaper() as served:
        yield served


def write(desk: Desk, feeds: Mapping[str, str]) -> None:
    """The list as an editor leaves it: whole, in place of the old one."""
    listed = [{"id": name, "url": url, "outlet": name} for name, url in feeds.items()]
    draft = desk.folder / "feeds.new"
    draft.write_text(json.dumps({"feeds": listed}))
    os.replace(draft, desk.folder / "feeds.yaml")


def reload(process: Process) -> None:
    process.process.send_signal(signal.SIGHUP)


async def test_the_list_is_heeded_while_the_program_runs(tmp_path: Path, paper: Newspaper) -> None:
    paper.scripts |= {"/a": lambda _: NEWS, "/b": lambda _: NEWS}
    desk = Desk(tmp_path, feeds={"a": paper.url("/a")})
    desk.write()
    owner = await desk.start("run")
    assert (await owner.until("feed.read"))["feed"] == "a"
    added = await desk.run("feeds", "add", paper.url("/b"), "--outlet", "Gazette")
    assert added.status == 0, added.err
    reloaded = await owner.until("feeds.reloaded")  # the file alone tells
    assert len(reloaded["added"]) == 1
    while (await owner.until("feed.read"))["feed"] != reloaded["added"][0]:
        pass
    (desk.folder / "feeds.yaml").write_text("feeds: [\n")
    reload(owner)
    refused = await owner.until("feeds.refused")
    assert "not YAML" in refused["why"]
    write(desk, {"a": paper.url("/a")})
    reload(owner)
    assert (await owner.until("feeds.reloaded"))["removed"] == reloaded["added"]
    ended = await owner.stop()
    assert ended.status == 0, ended.err


FEEDS, EVERY, SESSION = 12, 15, 6  # feeds, seconds between two polls of one, seconds until a dead process is missed


def counting(times: dict[str, list[float]]) -> Callable[[Asked], Given]:
    def script(asked: Asked) -> Given:
        times[asked.path].append(time.monotonic())
        return NEWS

    return script


@asynccontextmanager
async def sharing(desk: Desk, processes: int) -> AsyncIterator[list[Process]]:
    """So many processes that do nothing but ingest, all at work."""
    async with AsyncExitStack() as ending:
        running = []
        for _ in range(processes):
            running.append(await desk.start("run", "ingest"))
            ending.push_async_callback(running[-1].kill)
        yield running


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE + 3 * EVERY):
        while not done():  # noqa: ASYNC110  # what is waited for happens in other processes
            await asyncio.sleep(0.1)


@pytest.mark.kafka
@pytest.mark.timeout(300)
async def test_four_share_the_feeds_and_one_that_dies_costs_none_two_intervals(
    tmp_path: Path, paper: Newspaper, kafka: str
) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    # every address of 127/8 is this machine, and a host of its own: hosts are what is shared out
    feeds = {f"f{n}": f"http://127.0.0.{n + 1}:{paper.port}/f{n}" for n in range(FEEDS)}
    paper.scripts |= {f"/f{n}": counting(times) for n in range(FEEDS + 1)}
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    stream = {
        "url": f"kafka://{kafka}",
        "topic_prefix": prefix,
        "name": f"{prefix}d",
        "partitions": 8,
        "session_seconds": SESSION,
    }
    pace = {"allow_private": True, "host_spacing": 0, "paces": {"normal": {"floor": EVERY, "ceiling": EVERY}}}
    desk = Desk(tmp_path, f"kafka://{kafka}", feeds, {"stream": stream, "ingest": pace})
    desk.write()
    async with sharing(desk, 4) as running:
        await until(lambda: all(len(times[f"/{name}"]) > 1 for name in feeds))
        assert all([await process.until("share.taken") for process in running])  # each has its part
        killed = time.monotonic()
        await running[0].kill()
        write(desk, {**feeds, "late": f"http://127.0.0.{FEEDS + 1}:{paper.port}/f{FEEDS}"})
        for process in running[1:]:
            reload(process)
        await until(lambda: all(times[f"/{name}"][-1] > killed + 2 * EVERY for name in feeds))
        ended = [await process.stop() for process in running[1:]]
    assert [one.status for one in ended] == [0, 0, 0], [one.err for one in ended]
    gaps = {path: max(b - a for a, b in pairwise(asked)) for path, asked in times.items() if len(asked) > 1}
    assert max(gaps.values()) < 2 * EVERY, gaps
    assert times[f"/f{FEEDS}"]  # what was added meanwhile is read by whoever has its share
