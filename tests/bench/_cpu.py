"""What work costs, by the clock of the processor."""

import time
from collections.abc import Callable


def cpu_time(work: Callable[[], object], rounds: int) -> float:
    """Seconds, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best
