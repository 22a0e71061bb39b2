"""Notify at work: alerts, notices and orders in; letters on their way, and what became of them, out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from consumers.notify.channel import channel, looks
from consumers.notify.dispatch import Attempt, Attempted, dispatch
from consumers.notify.exchange import Outcome, Verdict
from consumers.notify.flush import flush, next_flush
from consumers.notify.intake import take_alert
from consumers.notify.keeping import NOT_THERE, keep_house
from consumers.notify.ledger import Ledger
from consumers.notify.orders import take_order
from consumers.notify.secret import blot
from consumers.notify.send import Way, attempt, hush
from consumers.notify.settings import NotifySettings
from consumers.notify.settle import settle
from consumers.notify.turn import Turn
from monitor.message.alert import Alert, Notice
from monitor.message.codec import decode_alert
from monitor.message.order import Order
from monitor.message.step import Broken, Step

HOUSEKEEPING = timedelta(hours=1)


class Notifier:
    """The worker of the stage notify, on the one share that it has."""

    def __init__(self, told: Callable[[], NotifySettings], way: Way) -> None:
        """`told` gives the settings in force: they may change between two steps."""
        self._told, self._settings = told, told()
        self._way = way
        self._under_way: set[str] = set()  # keys of letters that are being sent
        self._kept_house: datetime | None = None
        self._ledger = Ledger()
        self._fresh = self._is_changed = True
        hush()

    decode: Callable[[bytes], Any] = staticmethod(decode_alert)

    def restore(self, state: Mapping[str, bytes]) -> None:
        self._ledger = Ledger(state)
        self._fresh = self._is_changed = True

    def step(self, messages: Sequence[Alert | Notice | Order], results: Sequence[Any], now: datetime) -> Step:
        """Take in outcomes, then what came, then begin what is due."""
        turn = Turn(self._ledger, self._in_force(), now)
        self._begin_turn(turn)
        for result in results:
            self._take_result(turn, result)
        for message in messages:
            _take_message(turn, message)
        if self._kept_house is None or now - self._kept_house >= HOUSEKEEPING:
            keep_house(turn)
            self._kept_house = now
        flush(turn, idle=not messages)
        wakes = [at for at in (dispatch(turn), next_flush(turn)) if at is not None]
        self._under_way.update(action.key for action in turn.actions)
        return Step(turn.outputs, self._ledger.changes(), turn.actions, min(wakes, default=None), turn.facts)

    async def perform(self, action: Attempt) -> Attempted:
        """Send one letter."""
        options = self._settings.destinations.get(action.destination)
        if options is None:
            return Attempted(action, Outcome(Verdict.REFUSED, NOT_THERE))
        there = channel(options.type)
        outcome = await attempt(self._way, there, looks(there), action.letter, options)
        return Attempted(action, outcome)

    def settled(self, now: datetime) -> bool:
        """Nothing is being sent, and what waits is due later or cannot be sent."""
        ledger = self._ledger
        if any(queue.under_way for queue in ledger.queues.values()):
            return False
        turn = Turn(ledger, self._settings, now)
        flushes = next_flush(turn)
        if flushes is not None and flushes <= now:
            return False
        return not any(self._is_due(name, now) for name in self._settings.destinations)

    def _is_due(self, name: str, now: datetime) -> bool:
        """A letter that was never tried is due, also where it waits for its turn; a retry is for later."""
        desk = self._ledger.desks.get(name)
        if desk is not None and (desk.paused or desk.disabled):
            return False
        if desk is not None and any(at is not None and at > now for at in (desk.open_until, desk.wait_until)):
            return False
        head = self._ledger.queues[name].head()  # what stands behind a retry waits with it
        if head is None or head.due > now + timedelta(seconds=1):
            return False
        return not (head.tries and head.due > now)

    def readings(self, now: datetime) -> Mapping[str, float]:
        pending = self._ledger.pending.values()
        ages = [(now - one.at).total_seconds() for one in pending]
        return {"letters_waiting": len(ages), "oldest_letter_seconds": max(ages, default=0.0)}

    def _in_force(self) -> NotifySettings:
        fresh = self._told()
        if fresh is not self._settings:
            self._settings, self._is_changed, self._kept_house = fresh, True, None
        return fresh

    def _begin_turn(self, turn: Turn) -> None:
        """After a restore: what was under way when the process died goes out again, marked; lost names are said."""
        if self._fresh:
            self._fresh = False
            for pending in list(turn.ledger.pending.values()):
                if pending.attempting and pending.key not in self._under_way:
                    again = msgspec.structs.replace(pending, attempting=False, resent=True, due=turn.now)
                    turn.ledger.put(again)
                    turn.fact("delivery.interrupted", level="warning", key=pending.key, destination=pending.destination)
        if self._is_changed:
            self._is_changed = False
            self._enable_changed(turn)
        turn.ledger.clock_moved(turn.now)

    def _enable_changed(self, turn: Turn) -> None:
        """A destination that was disabled and has been set up anew is taken back."""
        for desk in list(turn.ledger.desks.values()):
            known = desk.name in self._settings.destinations
            if desk.disabled and known and desk.fingerprint != self._settings.fingerprint(desk.name):
                turn.ledger.put(msgspec.structs.replace(desk, disabled="", failures=0, circuits=0, open_until=None))
                turn.fact("destination.resumed", destination=desk.name, author="its settings changed")

    def _take_result(self, turn: Turn, result: Attempted | Broken) -> None:
        if isinstance(result, Broken):
            broken: Attempt = result.action
            options = self._settings.destinations.get(broken.destination)
            said = blot(result.error, options.secrets() if options else ())[:300]
            result = Attempted(broken, Outcome(Verdict.PAYLOAD, f"could not be sent: {said}"))
        self._under_way.discard(result.attempt.key)
        settle(turn, result)


def _take_message(turn: Turn, message: Alert | Notice | Order) -> None:
    match message:
        case Alert():
            take_alert(turn, message)
        case Notice():
            turn.notice(message)
        case Order():
            take_order(turn, message)
