"""An order: what an operator decided, appended to the stream so that replay and restart know it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class OrderKind(StrEnum):
    # for correlate, on `reports`
    CORRECT = "correct"
    RETRACT = "retract"
    # for notify, on `alerts`
    SILENCE = "silence"
    UNSILENCE = "unsilence"
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    DROP = "drop"


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="order"):
    """One decision of an operator. `subject` is an incident, a silence, a delivery or a destination."""

    id: str
    kind: OrderKind
    at: datetime
    author: str = ""
    why: str = ""
    subject: str = ""
    until: datetime | None = None
    match: Mapping[str, str] = {}
    schema: int = 1
