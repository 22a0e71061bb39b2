"""The product with two faults that no signal gives by itself: `python -m tests.chaos.victim SETTINGS`.

SIGUSR1 blocks the event loop for longer than the session lasts. SIGUSR2 sets the clock: an hour on, two hours back,
an hour on.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

from monitor import wiring
from monitor.errors import MonitorError
from monitor.running import Run, run

BLOCKED = 9.0  # seconds, past the session time-out of 6
STEPS = (timedelta(hours=1), timedelta(hours=-1), timedelta())


class Clock:
    """The true time, and what it is set off by."""

    def __init__(self) -> None:
        self._off = timedelta()
        self._steps: Iterator[timedelta] = cycle(STEPS)

    def __call__(self) -> datetime:
        return wiring.now() + self._off

    def step(self) -> None:
        self._off = next(self._steps)


def main() -> None:
    clock, path = Clock(), Path(sys.argv[1])
    signal.signal(signal.SIGUSR1, lambda *_: time.sleep(BLOCKED))  # runs where the loop runs, which waits for it
    signal.signal(signal.SIGUSR2, lambda *_: clock.step())
    try:
        asyncio.run(run(wiring.settings(path), Run(clock=clock, file=path)))
    except* MonitorError as why:
        sys.exit("\n".join(map(str, why.exceptions)))


if __name__ == "__main__":
    main()
