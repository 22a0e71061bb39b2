"""What more processes give, on a real broker: `python -m tests.bench.scale [ITEMS]`.

Ingest and classify, each with 1, 2 and 4 processes of the program, beside as many of the bare client at classify's
work; then correlate and notify with a standby: how fast they are, and how long a standby takes to take over. Rates are
of the clock. On a machine with few cores more processes soon find no core: the CPU time an item takes tells how far
they would go on a larger one.
"""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from consumers.classify import compile_rules
from consumers.classify.worker import Classifier
from monitor import logs
from monitor.message.codec import decode_item, encode
from monitor.message.step import DELIVERIES, ITEMS, REPORTS, Output
from monitor.rules_folder import read_packs
from monitor.settings.stream import StreamSettings, kafka_settings
from monitor.stream import kafka
from tests import kafka_broker
from tests.bench.poll import server
from tests.bench.stream import BATCH, items, report
from tests.chaos.replay import known_items

ROOT = Path(__file__).parents[2]
PARTITIONS = 8
FEEDS, STORIES = 600, 30
ACTS = 1000
PATIENCE = 240.0  # seconds
SESSION = 10
SETTLED = 8.0  # seconds


@dataclass
class Place:
    """A stream of its own on the broker, and processes that work on it."""

    folder: Path
    settings: kafka.KafkaSettings
    started: list[subprocess.Popen[bytes]]

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def end(self) -> None:
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait()

    def taken(self, stage: str, number: int) -> list[float]:
        """Times at which a process took the share of a stage."""
        lines = (self.folder / f"{number}.log").read_text().splitlines()
        facts = [json.loads(line) for line in lines if '"share.taken"' in line]
        return [datetime.fromisoformat(one["timestamp"]).timestamp() for one in facts if one["stage"] == stage]


async def place(
    opened: AsyncExitStack,
    brokers: str,
    folder: Path,
    written: Sequence[Output] = (),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Place:
    """A place whose stream holds `written`; it ends with `opened`. `more`: settings besides those of the stream."""
    name = f"scale-{uuid4().hex[:8]}"
    section = {"url": f"kafka://{brokers}", "name": name, "topic_prefix": f"{name}.", "partitions": PARTITIONS}
    section["session_seconds"] = SESSION
    folder = folder / name
    folder.mkdir()
    whole = {"stream": section, "log": {"format": "json"}, **more}
    (folder / "monitor.yaml").write_text(json.dumps(whole))
    here = Place(folder, kafka_settings(StreamSettings.model_validate(section), {}), [])
    opened.callback(here.end)
    stream = await kafka.open_stream(here.settings)
    opened.push_async_callback(stream.close)
    for start in range(0, len(written), BATCH):
        await stream.append(written[start : start + BATCH])
    return here


def cpu(processes: Sequence[subprocess.Popen[bytes]]) -> float:
    """Seconds of CPU that these processes and their own took so far."""
    sessions, ticks = {process.pid for process in processes}, 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) in sessions:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Counter:
    """How many records there are in a topic."""

    consumer: AIOKafkaConsumer
    places: list[TopicPartition]

    async def count(self) -> int:
        return sum((await self.consumer.end_offsets(self.places)).values())


async def counter(opened: AsyncExitStack, settings: kafka.KafkaSettings, topic: str, partitions: int) -> Counter:
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.brokers)
    await consumer.start()
    opened.push_async_callback(consumer.stop)
    return Counter(consumer, [TopicPartition(settings.topic(topic), number) for number in range(partitions)])


async def timed(counted: Counter, wanted: int, processes: Sequence[subprocess.Popen[bytes]]) -> tuple[float, float]:
    """Records a second from the first to the last, and milliseconds of CPU for each."""
    async with asyncio.timeout(PATIENCE):
        while not (already := await counted.count()):  # noqa: ASYNC110  # a topic is asked, and tells nobody
            await asyncio.sleep(0.05)
        began, spent = time.perf_counter(), cpu(processes)
        while (now := await counted.count()) < wanted:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.05)
    took = time.perf_counter() - began
    return (now - already) / took, (cpu(processes) - spent) / (now - already) * 1000


async def classify(brokers: str, folder: Path, count: int, command: Callable[[Place], Sequence[str]]) -> None:
    """Of items that lie there already, with 1, 2 and 4 processes."""
    written = [Output(ITEMS, item.id, encode(item)) for item in items()]
    for processes in (1, 2, 4):
        async with AsyncExitStack() as opened:
            here = await place(opened, brokers, folder, written)
            counted = await counter(opened, here.settings, REPORTS, 1)
            words = command(here)
            fleet = [here.start(*words) for _ in range(processes)]
            say(words[3] if "run" in words else "bare client", processes, *await timed(counted, len(written), fleet))


async def ingest(brokers: str, folder: Path) -> None:
    """Of feeds that were never asked."""
    async with server(STORIES, 1000) as port:
        listed = [
            {"id": f"f{n}", "url": f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/f{n}", "outlet": "Paper"}
            for n in range(FEEDS)
        ]
        more = {
            "feeds": "feeds.yaml",
            "ingest": {"allow_private": True, "host_spacing": 0, "paces": {"normal": {"floor": 10, "ceiling": 10}}},
        }
        for processes in (1, 2, 4):
            async with AsyncExitStack() as opened:
                here = await place(opened, brokers, folder, more=more)
                (here.folder / "feeds.yaml").write_text(json.dumps({"feeds": listed}))
                counted = await counter(opened, here.settings, ITEMS, PARTITIONS)
                fleet = [here.start("-m", "monitor", "run", "ingest") for _ in range(processes)]
                say("ingest", processes, *await timed(counted, FEEDS * STORIES, fleet))


async def in_turn(brokers: str, folder: Path) -> None:
    """Correlate and notify, an active one and a standby."""
    classifier = Classifier(lambda: compile_rules(read_packs()))
    now = datetime.now(UTC)
    known = [item for item, _ in zip(known_items(now), range(3 * ACTS), strict=False)]
    reports = [output for output in classifier.step(known, [], now).outputs if output.topic == REPORTS]
    more = {"destinations": {"f": {"type": "file", "path": "told.jsonl"}}, "minimum_level": "info"}
    async with AsyncExitStack() as opened:
        here = await place(opened, brokers, folder, reports, more)
        counted = await counter(opened, here.settings, DELIVERIES, 1)
        pair = [here.start("-m", "monitor", "run", "correlate", "notify") for _ in range(2)]
        a_second, each = await timed(counted, ACTS, pair)
        say_line(
            f"correlate and notify, {len(reports):,} reports: {a_second:,.0f} deliveries/s, {each:.2f} ms of CPU each"
        )
        numbers = (0, 1)
        for how in (signal.SIGTERM, signal.SIGKILL):
            numbers = await take_over(here, numbers, how)


async def take_over(here: Place, numbers: tuple[int, int], how: signal.Signals) -> tuple[int, int]:
    """End the one of two that holds correlate, wait for the other, and start another standby; the two that are left."""
    holder, other = sorted(numbers, key=lambda number: max(here.taken("correlate", number), default=0.0), reverse=True)
    ended = time.time()
    here.started[holder].send_signal(how)
    await until(lambda: max(here.taken("correlate", other), default=0.0) > ended)
    took = max(here.taken("correlate", other)) - ended
    say_line(f"correlate after {how.name}: the standby has it {took:.1f} s later (session {SESSION} s)")
    new = len(here.started)
    here.start("-m", "monitor", "run", "correlate", "notify")
    await until(lambda: '"shares.assigned"' in (here.folder / f"{new}.log").read_text() and settled(here, (other, new)))
    return other, new


def settled(here: Place, numbers: tuple[int, int]) -> bool:
    """Whether the shares have lain with one of two for a while: a third that joins has them shared out anew."""
    return time.time() - max(max(here.taken("correlate", number), default=0.0) for number in numbers) > SETTLED


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  # another process's log
            await asyncio.sleep(0.1)


async def bare(brokers: str, group: str, source: str, target: str) -> None:
    """The client as its documents show it: a group, `send` for each record, a commit for each batch."""
    producer = AIOKafkaProducer(
        bootstrap_servers=brokers, enable_idempotence=True, compression_type="zstd", linger_ms=5, max_batch_size=262144
    )
    consumer = AIOKafkaConsumer(
        source, bootstrap_servers=brokers, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    while True:
        found = await consumer.getmany(timeout_ms=200, max_records=BATCH)
        sent = [
            await producer.send(target, encode(report(decode_item(record.value))), key=record.key, partition=0)
            for many in found.values()
            for record in many
        ]
        await asyncio.gather(*sent)
        if sent:
            await consumer.commit()


def say(work: str, processes: int, a_second: float, each: float) -> None:
    say_line(f"{work:12} {processes} processes {a_second:9,.0f}/s {each:8.3f} ms of CPU each")


def say_line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def main() -> None:
    logs.configure("critical", io.StringIO())
    say_line(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with TemporaryDirectory() as name, kafka_broker.running() as cluster:
        folder, address = Path(name), cluster.address
        await classify(address, folder, len(items()), _bare_words)
        await classify(address, folder, len(items()), lambda here: ("-m", "monitor", "run", "classify"))
        await ingest(address, folder)
        await in_turn(address, folder)


def _bare_words(here: Place) -> Sequence[str]:
    settings = here.settings
    return (
        "-m",
        "tests.bench.scale",
        "bare",
        settings.brokers,
        f"bare-{uuid4()}",
        *map(settings.topic, (ITEMS, REPORTS)),
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        asyncio.run(bare(*sys.argv[2:]))
    else:
        asyncio.run(main())
