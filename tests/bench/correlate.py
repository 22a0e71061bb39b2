"""How fast correlate is with 50,000 live incidents, what it takes to restore them, and what memory they take.

python -m tests.bench.correlate [--incidents 50000] [--reports 100000]
"""

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from consumers.correlate.worker import Correlator
from monitor.message.codec import encode
from monitor.message.item import DateSource
from monitor.message.kind import Modality
from monitor.message.report import Evidence, Report, Signal
from monitor.message.terms import terms
from monitor.rules_folder import rules_folder
from monitor.settings.correlate import CorrelateSettings
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
    wanted = options.parse_args()
    dice = random.Random(1)  # noqa: S311  # the same stream in every run
    tables = read_tables(rules_folder())
    codes = [code for code in tables.names if len(code) == 3]
    policy = CorrelateSettings().policy(tables)
    correlator = Correlator(policy, tables.kinds, tables.names)
    state: dict[str, bytes] = {}
    stream = reports(10**9, wanted.incidents, codes, dice)
    fed = 0
    while len(correlator.world.lives) < wanted.incidents:
        fed += _feed(correlator, [next(stream) for _ in range(_SLICE)], state)
    batch = [encode(next(stream)) for _ in range(wanted.reports)]
    began = time.process_time()
    out = 0
    for at in range(0, len(batch), _SLICE):
        messages = [correlator.decode(value) for value in batch[at : at + _SLICE]]
        step = correlator.step(messages, [], _START)
        state.update({key: value for key, value in step.changes.items() if value is not None})
        out += len(step.outputs)
    took = time.process_time() - began
    mixed = [encode(next(stream) if number % 20 == 0 else _empty(number)) for number in range(wanted.reports * 2)]
    began = time.process_time()
    for at in range(0, len(mixed), _SLICE):
        correlator.step([correlator.decode(value) for value in mixed[at : at + _SLICE]], [], _START)
    mix = time.process_time() - began
    live = len(correlator.world.lives)
    size = sum(map(len, state.values())) / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    again = Correlator(policy, tables.kinds, tables.names)
    began = time.process_time()
    again.restore(state)
    restored = time.process_time() - began
    sys.stdout.write(
        f"each with signals: {wanted.reports / took:,.0f} a second, {live:,} live incidents, {out:,} alerts\n"
        f"one in twenty with signals (a stream of real news: one in 150): {len(mixed) / mix:,.0f} a second\n"
        f"state: {len(state):,} records, {size:.1f} MB; restored in {restored:.2f} s; {memory:.0f} MB resident\n"
    )


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
