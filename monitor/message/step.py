"""What a decision returns: a step of a stage, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from monitor.message.fact import Fact

ITEMS, REPORTS, ALERTS, DELIVERIES = "items", "reports", "alerts", "deliveries"

Changes = Mapping[str, bytes | None]  # key of state -> its new value; None: forgotten


class Output(msgspec.Struct, frozen=True):
    """A record to be written to a topic. `key` decides the partition, where the topic has several."""

    topic: str
    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What a stage wants: `outputs` and `changes` written at once, then `actions` done, then to be asked again.

    Each action gives one result, handed to a later step. `wake_at`: when to be asked even if nothing came.
    """

    outputs: Sequence[Output] = ()
    changes: Changes = field(default_factory=dict)
    actions: Sequence[Any] = ()
    wake_at: datetime | None = None
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """The result of an action that raised instead of giving one: a fault of ours, to be treated as a failed try."""

    action: Any
    error: str
