"""A small stage: it writes each record on to the next topic, with how many it had seen by then, and counts them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.message.fact import Fact
from monitor.message.step import Output, Step
from monitor.stage import Worker
from monitor.stream.contract import Share


class Counting:
    """A `Worker` (see monitor/stage) that can be audited: a record is a name, and the n-th output adds n to it."""

    def __init__(self, share: Share, topic: str) -> None:
        self._topic, self._share = topic, share.number
        self.count = 0

    def restore(self, state: Mapping[str, bytes]) -> None:
        self.count = int(state.get(f"count-{self._share}", b"0"))

    def decode(self, value: bytes) -> str:
        return value.decode().split(" ")[0]

    def step(self, messages: Sequence[str], results: Sequence[Any], now: datetime) -> Step:
        outputs = []
        for message in messages:
            self.count += 1
            outputs.append(Output(self._topic, message, f"{message} {self.count}".encode()))
        changes = {f"count-{self._share}": b"%d" % self.count} if messages else {}
        return Step(outputs, changes)

    async def perform(self, action: Any) -> Any:
        raise NotImplementedError

    def settled(self, now: datetime) -> bool:
        return True


class Heard:
    """What stages and streams told, by event."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def tell(self, stage: str, fact: Fact) -> None:
        self.facts.append(fact)

    def fact(self, stage: str, fact: Fact) -> None:
        self.facts.append(fact)

    def taken(self, stage: str, share: Share, worker: Worker) -> None:
        return None

    def given_back(self, stage: str, share: Share) -> None:
        return None

    def turn(self, stage: str, records: int) -> None:
        return None

    def blocked(self, stage: str, why: str) -> None:
        return None

    def of(self, event: str) -> list[Mapping[str, Any]]:
        return [fact.fields for fact in self.facts if fact.event == event]
