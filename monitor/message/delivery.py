"""A delivery: what became of an alert at one destination."""

from datetime import datetime
from enum import StrEnum

import msgspec


class DeliveryState(StrEnum):
    DELIVERED = "delivered"
    RETRYING = "retrying"
    DEAD = "dead"  # refused for good, or too old
    HELD = "held"  # not meant to be sent; `reason` says why
    DROPPED = "dropped"  # by the operator


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One outcome. `key` (alert id and destination) is the same over all tries, and the receiver's key for repeats."""

    id: str
    key: str
    alert: str
    incident: str = ""
    destination: str
    state: DeliveryState
    at: datetime
    tries: int = 0
    resent: bool = False  # an earlier try may have arrived
    reason: str = ""  # held or dead: why
    answer: str = ""  # of the destination, cut and without secrets
    next_try: datetime | None = None
    seen_after: float | None = None  # seconds from publication to delivery
    schema: int = 1
