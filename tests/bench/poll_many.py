"""How long it takes to poll very many feeds once: `python -m tests.bench.poll_many [FEEDS]` (10,000 where not said).

As in `tests.bench.poll`, each feed has 30 items and lies at a host of its own on loopback; the whole of ingest works,
parsers and SQLite included, without the spreading over time that a run has. The first pass reads every document and
writes every item; the second is as any other: four of five feeds answer that nothing changed.
"""

import asyncio
import io
import sys
import tempfile
import time
from pathlib import Path

from monitor.ingest.feed import Feed, Priority
from monitor.ingest.fetch import Fetcher, Limits
from monitor.ingest.parse.pool import ParserPool
from monitor.ingest.poll import Policy
from monitor.ingest.schedule import Pace
from monitor.ingest.transport import open_transport
from monitor.ingest.worker import Poller
from monitor.logs import configure, logger
from monitor.stage import Edge, run_stage
from monitor.stream.contract import INGEST
from monitor.stream.sqlite import open_owner
from tests.bench.poll import Count, cpu, now, parsers_cpu, server
from tests.bench.poll_memory import resident

IN_FLIGHT = 200
WANTED = 300  # seconds


async def once(feeds: list[Feed], fetcher: Fetcher, file: Path) -> tuple[float, float, Count]:
    """Seconds of the clock and of CPU for one poll of every feed."""
    count = Count()
    policy = Policy({priority: Pace(0, 0) for priority in Priority}, spacing=0.0, in_flight=IN_FLIGHT)
    stream = await open_owner(file)
    edge = Edge(now, asyncio.Event(), logger(), count, once=True)
    began, spent = time.perf_counter(), cpu() + parsers_cpu()
    await run_stage(stream, INGEST, lambda share: Poller(lambda: feeds, fetcher, policy, once=True), edge)
    took, used = time.perf_counter() - began, cpu() + parsers_cpu() - spent
    await stream.close()
    return took, used, count


async def main(total: int) -> None:
    configure(stream=io.StringIO(), form="json", level="error")
    async with server() as port, ParserPool(1) as pool, open_transport(allow_private=True) as transport:
        await pool.parse(b"<rss/>", "", "", now())
        fetcher = Fetcher(transport, pool.parse, now, Limits(allow_private=True), "Demarche/bench")
        feeds = [
            Feed(
                id=f"f{n}",
                url=f"http://127.{n // 62500 + 1}.{n // 250 % 250}.{n % 250 + 1}:{port}/f{n}",
                outlet="Paper",
            )
            for n in range(total)
        ]
        with tempfile.TemporaryDirectory() as folder:
            for name in ("first pass", "next pass "):
                took, used, count = await once(feeds, fetcher, Path(folder) / "bench.sqlite")
                same = count.unchanged / max(count.polls, 1)
                sys.stdout.write(
                    f"{name}  {count.polls} polls, {same:.0%} unchanged, in {took:.0f} s ({used:.0f} s of CPU): "
                    f"{WANTED / took:.1f} times as fast as {total} in {WANTED} s asks; {resident():.0f} MB\n"
                )
                sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
