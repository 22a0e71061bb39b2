"""From the last byte of a feed's body to the POST: `python -m tests.bench.path [SECONDS] [sqlite|kafka]`.

1,000 feeds of 30 items, each at a host of its own, are polled at start (the cold burst, spread as the poller spreads
it) and then over SECONDS (300 if not given). In that time each feed brings one act that no other tells of; the
webhook's receiver looks at the clock. The program is a process of its own; server and receiver share the other core.
"""

import asyncio
import re
import statistics
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from babel import Locale
from pycountry import countries

from tests import kafka_broker
from tests.flow.program import Desk

FEEDS, ITEMS = 1000, 30
NAMES = Locale("en").territories
STATES = [NAMES[one.alpha_2] for one in countries if "(" not in NAMES[one.alpha_2] and "&" not in NAMES[one.alpha_2]]


def pair(number: int) -> tuple[str, str]:
    """Two states, another pair for each feed."""
    lap, first = divmod(number, len(STATES))
    return STATES[first], STATES[(first + 1 + (number * 7 + lap) % (len(STATES) - 1)) % len(STATES)]


class World:
    """Feeds that bring their act at the second poll, and a receiver that notes when it was told."""

    def __init__(self) -> None:
        self.asked = [0] * FEEDS
        self.served: dict[int, float] = {}
        self.told: dict[int, float] = {}
        self.started = datetime.now(UTC)
        self.all_told = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._one(head.decode("latin-1"), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if head.startswith("POST"):
            length = int(re.search(r"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
            body = await reader.readexactly(length)
            for number in re.findall(rb"act/(\d+)", body):
                self.told.setdefault(int(number), time.monotonic())
            if len(self.told) == FEEDS:
                self.all_told.set()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            return
        number = int(head.split("/feed-", 1)[1].split(" ", 1)[0])
        self.asked[number] += 1
        body = self._feed(number, with_act=self.asked[number] > 1)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        await writer.drain()
        if self.asked[number] > 1:
            self.served.setdefault(number, time.monotonic())

    def _feed(self, number: int, *, with_act: bool) -> bytes:
        stories = [(f"n{one}", f"Ministers of region {number} meet on matter {one}", 60 + one) for one in range(ITEMS)]
        if with_act:
            source, target = pair(number)
            stories.insert(0, (f"act/{number}", f"{source} summons ambassador of {target} over vessel {number}", 0))
        items = "".join(
            f"<item><guid>f{number}-{key}</guid><link>https://paper-{number}.example/{key}</link><title>{title}</title>"
            f"<pubDate>{format_datetime(self.started - timedelta(minutes=ago))}</pubDate></item>"
            for key, title, ago in stories
        )
        return (
            "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Paper</title>"
            f"<link>https://paper-{number}.example/</link><description>made up</description>{items}</channel></rss>"
        ).encode()


async def measure(seconds: int, stream: str, health: int) -> None:
    world, kind = World(), stream.partition(":")[0]
    server = await asyncio.start_server(world.answer, "0.0.0.0", 0, backlog=2000)  # every loopback address
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="demarche-bench-") as folder:
        pace = {"floor": seconds, "ceiling": seconds}
        settings = {
            "ingest": {"allow_private": True, "paces": {"normal": pace}, "parsers": 1},
            "health": {"port": health},
            "destinations": {
                "hook": {"type": "webhook", "url": f"http://127.0.0.1:{port}/hook", "allow_private": True}
            },
            "stream": {"url": stream, "partitions": 2},
        }
        feeds = {f"feed-{one}": f"http://127.1.{one // 250}.{one % 250 + 1}:{port}/feed-{one}" for one in range(FEEDS)}
        desk = Desk(Path(folder), stream, feeds, settings)
        desk.write()
        began = time.monotonic()
        running = await desk.start("run")
        drain = asyncio.create_task(_drain(running.process))
        cold = await _until_read(health, FEEDS * ITEMS) - began
        sys.stdout.write(
            f"{stream.partition(':')[0]}: cold burst of {FEEDS} feeds drained in {cold:.1f} s, start included\n"
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds + 30):
                await world.all_told.wait()
        resident = _resident(running.process.pid)
        running.process.kill()
        await drain
        await running.process.wait()
    sys.stdout.write(f"{kind}: {resident:.0f} MB resident in the main process, parsers apart\n")
    server.close()
    late = sorted(world.told[one] - world.served[one] for one in world.told if one in world.served)
    if not late:
        sys.stdout.write("nothing was told\n")
        return
    p95 = late[int(len(late) * 0.95)]
    sys.stdout.write(
        f"{kind}: last byte of a body to POST over {seconds} s, {len(late)} acts of {FEEDS} feeds: "
        f"p50 {statistics.median(late) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, worst {late[-1] * 1000:.0f} ms\n"
    )


def _resident(process: int) -> float:
    """MB, as Linux tells it."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while await process.stdout.read(1 << 16):
        pass


async def _until_read(health: int, wanted: int) -> float:
    """When so many items were classified, by the program's own metrics."""
    while True:
        await asyncio.sleep(0.5)
        try:
            text = await asyncio.to_thread(_get, f"http://127.0.0.1:{health}/metrics")
        except OSError:
            continue
        found = re.search(r'demarche_records_total{stage="classify"} ([\d.e+]+)', text)
        if found and float(found[1]) >= wanted:
            return time.monotonic()


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # loopback
        return str(answer.read().decode())


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    wanted = sys.argv[2:] or ["sqlite", "kafka"]
    for number, name in enumerate(wanted):
        with ExitStack() as opened:
            stream = "sqlite:///bench.db"
            if name == "kafka":
                try:
                    stream = f"kafka://{opened.enter_context(kafka_broker.running()).address}"
                except kafka_broker.NoKafka as why:
                    sys.stdout.write(f"kafka: skipped, {why}\n")
                    continue
            asyncio.run(measure(seconds, stream, 18080 + number))


if __name__ == "__main__":
    main()
