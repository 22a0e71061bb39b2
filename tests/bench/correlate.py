"""How fast correlate is with 50,000 live incidents, what it takes to restore them, and what memory they take.

python -m tests.bench.correlate [--incidents 50000] [--reports 20000]
"""

import argparse
import asyncio
import gc
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from consumers.correlate.worker import Correlator
from monitor.message.codec import encode
from monitor.message.item import DateSource
from monitor.message.kind import Modality
from monitor.message.report import Evidence, Report, Signal
from monitor.message.terms import terms
from monitor.rules_folder import rules_folder
from monitor.settings.correlate import CorrelateSettings
from monitor.stream.contract import CORRELATE
from monitor.stream.sqlite import open_owner
from monitor.tables import read_tables

_START = datetime(2031, 5, 1, tzinfo=UTC)
_KINDS = ("envoy-summoned", "formal-protest", "sanctions-imposed", "threat", "diplomats-expelled", "talks-held")
_TOPICS = tuple(f"harbour{n} trawler{n} pipeline{n} radar{n} island{n}" for n in range(400))
_SLICE = 8  # reports a step, as the loop has it


def reports(count: int, incidents: int, codes: list[str], dice: random.Random) -> Iterator[Report]:
    """A stream in which about one report in three opens an incident until there are enough, then one in twenty.

    One in ten comes up to six hours late, one in fifty leaves the source unnamed.
    """
    known: list[tuple[str, str, str, str]] = []
    at = _START
    for number in range(count):
        at += timedelta(seconds=40)
        fresh = (len(known) < incidents and dice.random() < 0.6) or not known or dice.random() < 0.05
        if fresh:
            source, target = dice.sample(codes, 2)
            known.append((source, target, dice.choice(_KINDS), dice.choice(_TOPICS)))
        act = known[-1] if fresh else known[-min(int(dice.expovariate(1 / 400)) + 1, len(known))]
        yield _report(number, at - timedelta(hours=6 * dice.random() * (dice.random() < 0.1)), act, dice)


def _report(number: int, at: datetime, act: tuple[str, str, str, str], dice: random.Random) -> Report:
    source, target, kind, topic = act
    title = f"{source} and {target}: {topic}"
    signal = Signal(
        kind=kind,
        source=None if dice.random() < 0.02 else source,
        target=target,
        modality=Modality.OCCURRED,
        evidence=Evidence(title, 0, 10, ("summons",)),
        rule="bench",
    )
    return Report(
        item=f"item-{number}",
        revision="r",
        feed="feed",
        outlet=f"outlet-{dice.randrange(40)}",
        country=dice.choice(("KOR", "USA", "FRA")),
        lang="en",
        signals=(signal,),
        event_time=at,
        first_seen=at,
        date_source=DateSource.PUBLISHED,
        title=title,
        url=f"https://outlet.example/{number}",
        sketch=tuple(dice.getrandbits(32) for _ in range(16)),
        terms=terms(title),
    )


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--incidents", type=int, default=50_000)
    options.add_argument("--reports", type=int, default=20_000)
    options.add_argument("--restore", type=Path, help="only restore the state in this stream file")
    wanted = options.parse_args()
    if wanted.restore:
        _say(asyncio.run(_restored(wanted.restore)))
        return
    dice = random.Random(1)  # noqa: S311  # the same stream in every run
    correlator = _correlator()
    codes = [code for code in read_tables(rules_folder()).names if len(code) == 3]
    state: dict[str, bytes] = {}
    stream = reports(10**9, wanted.incidents, codes, dice)
    while len(correlator.world.lives) < wanted.incidents:
        _feed(correlator, [next(stream) for _ in range(_SLICE)], state)
    _say(f"{len(correlator.world.lives):,} live incidents")
    for share in (1, 8, 20, 150):
        count = min(wanted.reports, wanted.reports * share // 8)
        batch = [encode(next(stream) if number % share == 0 else _empty(number)) for number in range(count)]
        said = "each with signals" if share == 1 else f"one in {share} with signals"
        _say(f"{said}: {_rate(correlator, batch, state):,.0f} reports a second")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "demarche.db"
        asyncio.run(_written(file, state))
        _say(f"state: {len(state):,} records, {sum(map(len, state.values())) / 1e6:.1f} MB")
        command = [sys.executable, "-m", "tests.bench.correlate", "--restore", str(file)]
        _say(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())  # itself


def _rate(correlator: Correlator, batch: list[bytes], state: dict[str, bytes]) -> float:
    """Reports a second of this process's time, decoded and taken in as the loop has them."""
    began = time.process_time()
    for at in range(0, len(batch), _SLICE):
        messages = [correlator.decode(value) for value in batch[at : at + _SLICE]]
        step = correlator.step(messages, [], _START)
        state.update({key: value for key, value in step.changes.items() if value is not None})
    return len(batch) / (time.process_time() - began)


async def _written(file: Path, state: dict[str, bytes]) -> None:
    stream = await open_owner(file)
    async with aclosing(stream.shares(CORRELATE)) as shares:
        share = await anext(shares)
        await (await share.read(10, 0)).done([], state)
    await stream.close()


async def _restored(file: Path) -> str:
    """A restart: the stream opened, the state read and taken in, and the memory of the process that did."""
    correlator = _correlator()
    before = _resident()
    began, used = time.perf_counter(), time.process_time()
    stream = await open_owner(file)
    async with aclosing(stream.shares(CORRELATE)) as shares:
        correlator.restore(await (await anext(shares)).load())
    took, used = time.perf_counter() - began, time.process_time() - used
    await stream.close()
    gc.collect()
    return (
        f"restored from SQLite in {took:.1f} s ({used:.1f} s of the processor): "
        f"{len(correlator.world.lives):,} incidents, {_resident():.0f} MB resident, {before:.0f} MB before"
    )


def _correlator() -> Correlator:
    tables = read_tables(rules_folder())
    return Correlator(CorrelateSettings().policy(tables), tables.kinds, tables.names)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _feed(correlator: Correlator, batch: list[Report], state: dict[str, bytes]) -> int:
    step = correlator.step(batch, [], _START)
    for key, value in step.changes.items():
        if value is None:
            state.pop(key, None)
        else:
            state[key] = value
    return len(batch)


def _empty(number: int) -> Report:
    report = _report(number, _START, ("KOR", "RUS", "threat", _TOPICS[0]), random.Random(number))  # noqa: S311
    return msgspec.structs.replace(report, item=f"empty-{number}", signals=())


if __name__ == "__main__":
    main()
