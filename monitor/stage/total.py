"""Several steps as one."""

from datetime import datetime
from typing import Any

from monitor.message.fact import Fact
from monitor.message.step import Output, Step


class Total:
    """Several steps as one."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.changes: dict[str, bytes | None] = {}
        self.actions: list[Any] = []
        self.facts: list[Fact] = []
        self.wake_at: datetime | None = None

    def add(self, step: Step) -> None:
        self.outputs += step.outputs
        self.changes.update(step.changes)
        self.actions += step.actions
        self.facts += step.facts
        self.wake_at = step.wake_at  # the latest step knows all that the earlier ones did

    def step(self) -> Step:
        return Step(self.outputs, self.changes, self.actions, self.wake_at, self.facts)
