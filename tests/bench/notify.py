"""Figures of delivery: `python -m tests.bench.notify`.

- alerts rendered a second, for each channel
- 1,000 alerts in 10 s to three webhooks, of which one is dead and one answers 429 (storm and buckets off), on the
  SQLite stream: how long after the last the good one has all of them, and what was lost or doubled
- the same to Slack with storm and bucket on, in simulated time: messages a second, and acts neither told nor listed
- an hour of random faults and kills in simulated time: what was lost, doubled, and doubled without a mark
"""

import asyncio
import io
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from consumers.notify.channel import channel, channel_names
from consumers.notify.letter import Form, Letter
from consumers.notify.notifier import Notifier
from consumers.notify.send import Way
from monitor.logs import configure, logger
from monitor.message.codec import encode
from monitor.message.step import ALERTS, Output
from monitor.settings.stream import StreamSettings
from monitor.stage import Edge, run_stage
from monitor.stream.contract import NOTIFY
from monitor.stream.sqlite import open_owner
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import NOON, alert
from tests.notify.server import Answer, Server, serving
from tests.notify.soak import soak
from tests.notify.test_channels import example

COUNT, SECONDS = 1000, 10


def rendering() -> None:
    letter = Letter(key="k", form=Form.POST, alerts=(alert(),), at=NOON)
    for name in channel_names():
        render, options = channel(name).render, example(name)
        begun, rounds = time.perf_counter(), 0
        while time.perf_counter() - begun < 0.5:
            render(letter, options)
            rounds += 1
        say(f"rendering, {name}: {rounds / (time.perf_counter() - begun):,.0f} a second")


class Quiet:
    """Counts nothing."""

    def fact(self, stage: str, fact: object) -> None: ...

    def taken(self, stage: str, share: object, worker: object) -> None: ...

    def given_back(self, stage: str, share: object) -> None: ...

    def turn(self, stage: str, records: int) -> None: ...

    def blocked(self, stage: str, why: str) -> None: ...


async def burst(folder: Path) -> None:
    configure("critical", io.StringIO())
    retention = StreamSettings().retention()
    stream = await open_owner(folder / "bench.db", retention=retention, clock=clock, log=logger())
    stop = asyncio.Event()
    async with serving() as server, httpx.AsyncClient(trust_env=False) as client:
        telling = settings_of(_three(server), storm="off", daily_cap="off")
        edge = Edge(clock, stop, logger(), Quiet())
        stage = asyncio.create_task(
            run_stage(stream, NOTIFY, lambda share: Notifier(lambda: telling, Way(client, io.StringIO())), edge)
        )
        last = await _append(stream)
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                while len(server.at("/good")) < COUNT:  # noqa: ASYNC110  # the server is scripted and tells nobody
                    await asyncio.sleep(0.01)
        after = time.perf_counter() - last
        stop.set()
        await stage
        ids = Counter(one.headers["webhook-id"] for one in server.at("/good"))
        doubled = sum(count - 1 for count in ids.values())
        say(f"burst: the good one has {len(ids)} of {COUNT}, the last {after:.2f} s after it was told (goal 15)")
        busy = len(server.at("/429"))
        say(f"burst: lost {COUNT - len(ids)}, doubled {doubled}; the busy one was asked {busy} times")
    await stream.close()


def _three(server: Server) -> Mapping[str, Any]:
    common = {"type": "webhook", "rate": "off"}
    return {
        "good": {**common, "url": server.script("/good")},
        "dead": {**common, "url": "http://127.0.0.1:1/dead"},
        "busy": {**common, "url": server.script("/429", Answer(429, "", {"retry-after": "2"}))},
    }


async def _append(stream: Any) -> float:
    """A hundred alerts a second; the time of the last."""
    begun = time.perf_counter()
    for number in range(COUNT):
        await asyncio.sleep(max(begun + number * SECONDS / COUNT - time.perf_counter(), 0))
        await stream.append([Output(ALERTS, f"a{number}", encode(alert(f"a{number}", at=clock())))])
    return time.perf_counter()


async def storm() -> None:
    async with serving() as server, httpx.AsyncClient(trust_env=False) as client:
        desk = Desk(settings_of({"d": {"type": "slack", "url": server.script("/slack")}}), client)
        for second in range(SECONDS):
            desk.now = max(desk.now, NOON + timedelta(seconds=second))
            acts = range(second * 100, second * 100 + 100)
            await desk.tell(*(alert(f"a{n}", sentence=f"State {n} summons the envoy", at=desk.now) for n in acts))
        while desk.now < NOON + timedelta(minutes=30):
            await desk.run(timedelta(seconds=1))
        said = "\n".join(one.body.decode() for one in server.asked)
        missing = sum(f"State {n} summons the envoy" not in said for n in range(COUNT))
        gaps = [(after - before).total_seconds() for before, after in pairwise(desk.attempts)]
        said_so = f"storm: {len(server.asked)} messages for {COUNT} acts, {missing} of them nowhere"
        say(f"{said_so}; the shortest gap between two {min(gaps):.3f} s (goal 1)")


async def faults() -> None:
    found = await soak(seed=1)
    said = f"soak: {found.sent} deliveries through an hour of faults and {found.restarts} kills"
    say(f"{said}: lost {found.lost}, doubled {found.doubled}, of them not marked {found.unmarked}")


def clock() -> datetime:
    return datetime.now(UTC)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    rendering()
    asyncio.run(storm())
    asyncio.run(faults())
    with TemporaryDirectory() as folder:
        asyncio.run(burst(Path(folder)))


if __name__ == "__main__":
    main()
