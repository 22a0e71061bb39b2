"""Figures of what polling remembers: `python -m tests.bench.poll_memory [POLLS]`.

1,000 feeds of 30 items are polled POLLS times (100,000 where not said), four of five times unchanged, without a
network: the resident memory of the process along the way. Then the ids of 1,000 feeds of 40 items a day after 90 days,
replayed for 100 feeds and multiplied.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.ingest.document import Document, Entry
from monitor.ingest.feed import Feed
from monitor.ingest.harvest import Sight, gather
from monitor.ingest.identity import Distrust
from monitor.ingest.memory import Memory
from monitor.ingest.poll import STORIES, Policy, Polling
from monitor.ingest.reply import Answer, Fetch, Fetched, Polled, Reply, Unchanged, Validators
from monitor.message.item import DateSource
from monitor.message.step import Step

START = datetime(2026, 11, 2, tzinfo=UTC)
FEEDS = 1000


def entries(name: str, first: int, count: int, now: datetime) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            guid=f"https://paper.example/{name}/{number}",
            link=f"https://paper.example/{name}/{number}",
            title=f"Story {number} of {name}: ministers meet",
            summary="They spoke at length, and of what is to be done.",
            published=now,
            date_source=DateSource.PUBLISHED,
        )
        for number in range(first + count, first, -1)
    )


def reply(order: Fetch, poll: int, now: datetime) -> Reply:
    answer = Answer(order.url, Validators(order.url, b'"%d"' % (poll // 5)))
    if poll % 5:
        return Unchanged(answer)
    document = Document(format="rss-2.0", parser="fast", entries=entries(order.feed, poll // 5, 30, now))
    return Fetched(answer, document, b"%08d" % poll, 20_000)


def resident() -> float:
    """Megabytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def polled(polls: int) -> list[tuple[int, float, float]]:
    """After so many polls: resident memory, and the part of it that is the ids of stories, both in MB."""
    feeds = [Feed(id=f"f{n}", url=f"http://h{n}.example/feed", outlet="Paper") for n in range(FEEDS)]
    polling = Polling(feeds, Policy(spacing=0, in_flight=50))
    counts = dict.fromkeys((feed.id for feed in feeds), 0)
    now, done, curve, results = START, 0, [(0, resident(), 0.0)], list[Polled]()
    sizes: dict[str, int] = {}
    while done < polls:
        step: Step = polling.step(results, now)
        sizes |= {key: len(value or b"") for key, value in step.changes.items() if key.startswith(STORIES)}
        results = []
        for order in step.actions:
            results.append(Polled(order, reply(order, counts[order.feed], now)))
            counts[order.feed] += 1
            done += 1
            if done % (polls // 10) == 0:
                curve.append((done, resident(), sum(sizes.values()) / 2**20))
        if not results and step.wake_at:
            now = max(now, step.wake_at)
    return curve


def after_days(days: int, feeds: int, items: int) -> tuple[int, float]:
    """Stories kept, and bytes, for each feed after some days of replay."""
    stories = size = 0
    for number in range(feeds):
        feed = Feed(id=f"f{number}", url="http://h.example/feed", outlet="Paper")
        packed = b""
        for day in range(days):
            now = START + timedelta(days=day)
            memory = Memory.unpack(packed) if packed else Memory()
            document = Document(format="rss-2.0", parser="fast", entries=entries(feed.id, day * items, items, now))
            gather(feed, document, memory, Distrust.NOTHING, Sight(now, day == 0, 1))
            packed = memory.pack()
        stories += len(memory)
        size += len(packed)
    return stories // feeds, size / feeds


def main(polls: int) -> None:
    say = sys.stdout.write
    curve = polled(polls)
    say(
        "resident memory, MB, over polls: "
        + ", ".join(f"{done // 1000}k {size:.0f} ({ids:.1f} of it ids)" for done, size, ids in curve)
        + "\n"
    )
    stories, size = after_days(90, 100, 40)
    whole = size * FEEDS / 2**20
    say(f"ids after 90 days: {stories} stories, {size / 1024:.1f} KB a feed, {whole:.0f} MB for 1,000\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
