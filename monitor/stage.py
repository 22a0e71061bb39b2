"""The one loop: read, decide, commit, act, again. It knows streams, and no stage by name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from monitor.message.step import Step

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
