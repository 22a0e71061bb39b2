"""What the loop asks of a stage, of whoever counts, and gets from outside."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from monitor.logs import Logger
from monitor.message.fact import Fact
from monitor.message.step import Step
from monitor.stream.contract import Share

Clock = Callable[[], datetime]


class Worker(Protocol):
    """A stage at work on one share: its decisions, and the state that they rest on.

    `step` may change the worker's own state at will: where the commit is lost or the step raises, the worker is
    handed the committed state again by `restore`, and what it knew is gone.
    """

    def restore(self, state: Mapping[str, bytes]) -> None:
        """Take the committed state, forgetting everything else."""
        ...

    def decode(self, value: bytes) -> Any:
        """A message of the input. Raises `PoisonRecord`."""
        ...

    def step(self, messages: Sequence[Any], results: Sequence[Any], now: datetime) -> Step:
        """Decide on what came: messages of the input, results of earlier actions, or neither (the time came)."""
        ...

    async def perform(self, action: Any) -> Any:
        """Do one action (a fetch, a POST) and give its result; an expected failure is a value."""
        ...

    def settled(self, now: datetime) -> bool:
        """Nothing is under way or due: what is left is in the future. `--once` ends here."""
        ...

    def readings(self, now: datetime) -> Mapping[str, float]:
        """Figures for metrics; those of several shares are added up, but for `oldest...`, where the largest counts."""
        ...


class Watch(Protocol):
    """Whoever counts what stages do: metrics and health."""

    def fact(self, stage: str, fact: Fact) -> None: ...

    def taken(self, stage: str, share: Share, worker: Worker) -> None: ...

    def given_back(self, stage: str, share: Share) -> None: ...

    def turn(self, stage: str, records: int) -> None:
        """The loop went round, and `records` were finished."""
        ...

    def blocked(self, stage: str, why: str) -> None:
        """The stream refuses; `why` is empty when it does no more."""
        ...


@dataclass(frozen=True, slots=True)
class Edge:
    """What the loop gets from outside."""

    clock: Clock
    stop: asyncio.Event
    log: Logger
    watch: Watch
    once: bool = False  # end when nothing is left but what is due later
    pace: float = 1.0  # seconds of `clock` in a second of ours: a demonstration plays a week in a minute
