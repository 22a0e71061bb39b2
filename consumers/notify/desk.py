"""How a destination fares: its circuit, its waits, and whether it may be sent anything now. Pure."""

from datetime import datetime, timedelta

import msgspec

from consumers.notify.bucket import Rate, next_token, tokens
from consumers.notify.state import Desk

TRIP = 5  # failures in a row that open the circuit
COOLING = (30.0, 60.0, 120.0, 300.0, 600.0)  # seconds, by how often it opened since the last success


def may_send_at(desk: Desk, rate: Rate | None, now: datetime) -> datetime | None:
    """The earliest time at which an attempt may be made; None while it is paused or disabled."""
    if desk.paused or desk.disabled:
        return None
    times = [now]
    times += [at for at in (desk.open_until, desk.wait_until) if at is not None]
    times += [next_token(desk, rate, now)] if rate else []
    return max(times)


def sent_one(desk: Desk, rate: Rate | None, now: datetime) -> Desk:
    """After one message was taken from the bucket."""
    if rate is None:
        return desk
    return msgspec.structs.replace(desk, tokens=tokens(desk, rate, now) - 1.0, tokens_at=now)


def is_probing(desk: Desk) -> bool:
    """The circuit was open, or it asked us to wait: one attempt at a time, until one succeeds."""
    return desk.failures >= TRIP or desk.wait_until is not None


def failed(desk: Desk, now: datetime) -> tuple[Desk, bool]:
    """After a failure that may pass, and whether the circuit opened for the first time since the last success."""
    failures = desk.failures + 1
    if failures < TRIP:
        return msgspec.structs.replace(desk, failures=failures), False
    wait = timedelta(seconds=COOLING[min(desk.circuits, len(COOLING) - 1)])
    desk = msgspec.structs.replace(desk, failures=failures, open_until=now + wait, circuits=desk.circuits + 1)
    return desk, desk.circuits == 1


def succeeded(desk: Desk) -> Desk:
    """After a success: the circuit is closed."""
    if not (desk.failures or desk.open_until or desk.wait_until or desk.circuits):
        return desk
    return msgspec.structs.replace(desk, failures=0, open_until=None, wait_until=None, circuits=0)
