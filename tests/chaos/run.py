"""One run: start all, feed, injure, let it drain, audit."""

import asyncio
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from monitor.errors import Unavailable
from monitor.message.codec import encode
from monitor.message.step import ITEMS, Output
from monitor.settings.stream import StreamSettings, kafka_settings
from monitor.stream.kafka import KafkaStream, open_stream
from tests import kafka_broker
from tests.chaos.audit import Finding, Wanted, audit, is_drained
from tests.chaos.faults import BY_NAME_ALONE, FAULTS, LONG, OF_THREE, Fault, Field
from tests.chaos.paper import Papers
from tests.chaos.product import Process, write_settings
from tests.chaos.proxy import Proxy
from tests.chaos.receiver import Receiver
from tests.chaos.replay import known_items

PARTITIONS = 4
PACE = 0.15  # seconds between batches of items
DRAIN_WITHIN = 60.0  # seconds from the last fault
START_WITHIN = 90.0  # seconds
CALM = (1.0, 5.0)  # seconds between faults


@dataclass
class Outcome:
    """What a run came to. `folder` holds the logs, and is kept where something failed."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    folder: Path = Path()

    @property
    def holds(self) -> bool:
        return bool(self.findings) and all(finding.holds for finding in self.findings)


async def run(seconds: float, seed: int, brokers: int = 1, only: Sequence[str] = ()) -> Outcome:
    """Raises `NoKafka` where there is none to start."""
    chance = random.Random(seed)  # noqa: S311  # faults to be repeated, not a secret
    outcome = Outcome(folder=Path(mkdtemp(prefix="demarche-chaos-")))
    async with AsyncExitStack() as opened:
        cluster, proxies = await _start_brokers(opened, outcome.folder, brokers)
        papers = Papers()
        feeds = await papers.start()
        opened.push_async_callback(papers.close)
        receiver = Receiver(chance)
        hook = await receiver.start()
        opened.push_async_callback(receiver.close)
        name = f"chaos-{uuid4().hex[:8]}"
        path = write_settings(outcome.folder, cluster.address, name, PARTITIONS, brokers, hook, feeds)
        section = StreamSettings(
            url=f"kafka://{cluster.address}",
            name=name,
            topic_prefix=f"{name}.",
            partitions=PARTITIONS,
            replication=brokers,
            session_seconds=6,
        )
        settings = kafka_settings(section, {})
        stream = await open_stream(settings)
        opened.push_async_callback(stream.close)
        processes = [Process(f"process-{number}", path) for number in range(1, 6)]
        for process in processes:
            opened.callback(process.kill)
        ground = Field(cluster, processes[:3], processes[3:], proxies, settings, chance, papers.titles)
        feeding = asyncio.create_task(_feed(stream, ground.acknowledged, papers))
        for process in ground.processes:
            process.start()
        await _until_at_work(papers)
        await _injure(ground, _faults(brokers, only), seconds, outcome.counts)
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        wanted = Wanted(ground.acknowledged, papers.titles, ground.gone)
        drained = await _drain(stream, wanted)
        outcome.findings = [
            Finding("drained within 60 s of the last fault", drained <= DRAIN_WITHIN, f"{drained:.0f} s"),
            *await audit(stream, wanted, ground.poison, receiver),
            *_losses(ground),
        ]
        slow = [took for process in processes for took in process.slow_stops]
        died = [process.name for process in ground.processes if not process.running]
        outcome.findings.append(Finding("no process ended by itself", not died, ", ".join(died) or "none did"))
        outcome.findings.append(Finding("SIGTERM ends a process within 5 s", not slow, f"{len(slow)} took longer"))
    if outcome.holds:
        shutil.rmtree(outcome.folder, ignore_errors=True)
    return outcome


def _faults(brokers: int, only: Sequence[str]) -> list[Fault]:
    faults = [*FAULTS, *LONG, *(OF_THREE if brokers > 2 else ()), *(BY_NAME_ALONE if only else ())]
    return [fault for fault in faults if not only or fault.__name__ in only]


async def _start_brokers(opened: AsyncExitStack, folder: Path, count: int) -> tuple[kafka_broker.Cluster, list[Proxy]]:
    """Brokers that tell their clients to come through a proxy."""
    kafka_broker.jars()
    ports = kafka_broker.free_ports(count)
    cluster = kafka_broker.Cluster(folder / "brokers", count, through=ports)
    opened.callback(cluster.close)
    proxies = [Proxy(broker.port) for broker in cluster.brokers]
    for proxy, port in zip(proxies, ports, strict=True):
        await proxy.start(port)
        opened.push_async_callback(proxy.close)
    await asyncio.to_thread(cluster.start)
    return cluster, proxies


def _losses(ground: Field) -> list[Finding]:
    """What faults took away was said, and counted where it can be."""
    lines = [line for one in (*ground.processes, *ground.extra) for line in one.events("stream.gap")]
    anew = [line for one in (*ground.processes, *ground.extra) for line in one.events("stream.topic_made_anew")]
    missing = sum({(line["topic"], line["share"], line["position"]): line["missing"] for line in lines}.values())
    found = []
    if ground.missing:
        figures = f"{ground.missing} items, {missing} counted"
        found.append(Finding("what retention took unread is counted", missing >= ground.missing, figures))
    if ground.made_anew:
        figures = f"{ground.made_anew} times, said {len(anew)} times"
        found.append(Finding("a topic that was made anew is noticed", bool(anew), figures))
    return found


async def _feed(stream: KafkaStream, acknowledged: set[str], papers: Papers) -> None:
    """Write items on and on, every other batch through the feeds; a batch that was refused is written again."""
    items = known_items(datetime.now(UTC))
    through_feeds = False
    while batch := [item for item, _ in zip(items, range(3), strict=False)]:
        through_feeds = papers.known and not through_feeds
        if through_feeds:
            papers.publish(batch)
            await asyncio.sleep(PACE)
            continue
        outputs = [Output(ITEMS, item.id, encode(item)) for item in batch]
        while True:
            try:
                await stream.append(outputs)
            except Unavailable:
                continue
            break
        acknowledged.update(item.id for item in batch)
        await asyncio.sleep(PACE)


async def _until_at_work(papers: Papers) -> None:
    """Until the feeds are polled: what comes of a fault at the very start is for other tests."""
    with suppress(TimeoutError):
        async with asyncio.timeout(START_WITHIN):
            while not papers.known:  # noqa: ASYNC110  # the processes tell nobody
                await asyncio.sleep(0.2)


async def _injure(ground: Field, faults: list[Fault], seconds: float, counts: Counter[str]) -> None:
    """Each fault once in a random order, then any, until the time is up."""
    until = time.monotonic() + seconds
    order = ground.chance.sample(faults, len(faults))
    while time.monotonic() < until:
        fault = order.pop() if order else ground.chance.choice(faults)
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {fault.__name__}\n")
        await fault(ground)
        counts[fault.__name__] += 1
        await asyncio.sleep(ground.chance.uniform(*CALM))


async def _drain(stream: KafkaStream, wanted: Wanted) -> float:
    """Seconds until all is worked through; twice the promise where it never is."""
    started = time.monotonic()
    while (took := time.monotonic() - started) < 2 * DRAIN_WITHIN:
        try:
            if await is_drained(stream, wanted):
                return took
        except Unavailable:
            pass
        await asyncio.sleep(2)
    return took
