"""Where a replay takes the past from: a file of items, or what the stream still holds of them."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from consumers.classify import Rules, classify
from monitor import wiring
from monitor.cli.labelled import labelled_report, read_report
from monitor.cli.past_items import PastItem, read_past_items, time_of
from monitor.errors import PoisonRecord, UserError
from monitor.message.codec import decode_item, decode_report
from monitor.message.order import Order
from monitor.message.report import Report
from monitor.message.step import ITEMS, REPORTS
from monitor.settings import Settings

WARM_UP = timedelta(days=30)  # read before what is asked for: rows, routine and the ladder look back so far
_NEWS_EVERY = 1_000  # items between two lines of progress
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Past:
    """What happened from `start` to `end`; the messages begin earlier, so that correlate knows what came before."""

    messages: Iterable[Report | Order]
    items: int  # from `start` on
    start: datetime
    end: datetime

    @property
    def days(self) -> float:
        return max((self.end - self.start) / timedelta(days=1), 1.0)


@dataclass(frozen=True, slots=True)
class History:
    """Items as they came, to be read by any rules."""

    file: Path | None  # None: the stream's own
    loaded: Settings
    since: timedelta | None = None  # back from the end of a file, or from now
    labels: bool = False  # take the signals that the file has

    def read(self, rules: Rules) -> Past:
        """The past as these rules read it. Raises `UserError`, and `Faults` for lines that are no items."""
        return self._of_file(self.file, rules) if self.file is not None else asyncio.run(self._of_stream(rules))

    def _of_file(self, file: Path, rules: Rules) -> Past:
        try:
            items = read_past_items(file)
        except OSError as fault:
            raise UserError(f"{file}: cannot be read: {fault.strerror or fault}") from fault
        if not items:
            raise UserError(f"{file}: there are no items in it")
        end = time_of(items[-1])
        start = max(end - self.since, time_of(items[0])) if self.since is not None else time_of(items[0])
        wanted = [item for item in items if time_of(item) >= start - WARM_UP]
        read: Callable[[PastItem], Report] = partial(labelled_report if self.labels else read_report, rules=rules)
        count = sum(time_of(item) >= start for item in wanted)
        return Past(shown(map(read, wanted), len(wanted)), count, start, end)

    async def _of_stream(self, rules: Rules) -> Past:
        """Items are read anew; of reports only orders count. Empty reports matter where they take something back."""
        now, count = wiring.now(), 0
        start = now - self.since if self.since is not None else None
        known: set[str] = set()
        found: list[tuple[datetime, int, Report | Order]] = []
        first = None
        async with wiring.reader(self.loaded) as stream:
            async for record in stream.read(ITEMS, since=start - WARM_UP if start else None):
                try:
                    item = decode_item(record.value)
                except PoisonRecord:
                    continue  # it was set aside when it came, too
                first = min(first or item.first_seen, item.first_seen)
                count += start is None or item.first_seen >= start
                report = classify(item, rules)
                if report.signals or report.item in known:
                    known.add(report.item)
                    found.append((report.first_seen, len(found), report))
                _say_progress(count, None)
            async for record in stream.read(REPORTS, since=first):
                message = _order(record.value)
                if message is not None:
                    found.append((message.at, len(found), message))
        if first is None:
            raise UserError(f"{self.loaded.stream.url} holds no items of that time; give a FILE, or a longer --since")
        found.sort(key=lambda one: one[:2])
        return Past([message for _, _, message in found], count, max(start or first, first), now)


def _order(value: bytes) -> Order | None:
    if b'"order"' not in value[:16]:
        return None
    message = decode_report(value)
    return message if isinstance(message, Order) else None


def shown(things: Iterable[T], total: int) -> Iterator[T]:
    """The same, with progress on a terminal."""
    for number, one in enumerate(things, start=1):
        _say_progress(number, total)
        yield one


def _say_progress(number: int, total: int | None) -> None:
    if sys.stderr.isatty() and (number % _NEWS_EVERY == 0 or number == total):
        of = f" of {total}" if total is not None else ""
        sys.stderr.write(f"\r{number}{of} items" + ("\n" if number == total else ""))
