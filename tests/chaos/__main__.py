"""`python -m tests.chaos --minutes 5 --seed 1 [--brokers 3] [--only FAULT ...]`: a table of faults and verdicts."""

import argparse
import asyncio
import io
import sys

from monitor import logs
from tests.chaos.run import Outcome, run
from tests.kafka_broker import NoKafka


def table(outcome: Outcome, seed: int) -> str:
    lines = [f"seed {seed}", "", "fault                            times"]
    lines += [f"{name:32} {count:5}" for name, count in sorted(outcome.counts.items())]
    lines += ["", "what must hold                                        verdict  figures"]
    lines += [f"{one.what:53} {'holds' if one.holds else 'FAILS':8} {one.figures}" for one in outcome.findings]
    if not outcome.holds:
        lines += ["", f"logs are in {outcome.folder}"]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="The product under fire, then an audit.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=1)
    parser.add_argument("--only", nargs="*", default=(), metavar="FAULT")
    asked = parser.parse_args()
    logs.configure("error", io.StringIO())
    try:
        outcome = asyncio.run(run(asked.minutes * 60, asked.seed, asked.brokers, asked.only))
    except NoKafka as why:
        sys.stderr.write(f"no Kafka: {why}\n")
        return 1
    sys.stdout.write(table(outcome, asked.seed) + "\n")
    return 0 if outcome.holds else 1


if __name__ == "__main__":
    sys.exit(main())
