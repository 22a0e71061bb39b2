"""Destinations that take everything, at once: what notify would have told them of past alerts, by the alerts' clock."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx

from consumers.notify.dispatch import Attempt, Attempted
from consumers.notify.exchange import Outcome, Ref, Verdict
from consumers.notify.letter import Form
from consumers.notify.notifier import Notifier
from consumers.notify.send import Way
from consumers.notify.settings import NotifySettings
from monitor.message.alert import Alert
from monitor.message.fact import Fact

_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to one destination. `alerts` are those that it tells for the first time."""

    destination: str
    at: datetime
    form: Form
    in_thread: bool
    alerts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One alert that a destination was not sent as a message of its own."""

    destination: str
    at: datetime
    reason: str
    in_digest: bool


class Rehearsal:
    """Notify at work with nothing behind it. Give it alerts in order of time."""

    def __init__(self, settings: NotifySettings, names: Iterable[str]) -> None:
        """`names`: the destinations to play, of those in `settings`."""
        self._settings = replace(settings, destinations={name: settings.destinations[name] for name in names})
        way = Way(httpx.AsyncClient(verify=False), io.StringIO())  # noqa: S501  # unused
        self._notifier = Notifier(lambda: self._settings, way)
        self._wake: datetime | None = None
        self._at: datetime | None = None
        self.sent: list[Sent] = []
        self.held: list[Held] = []
        self.alerts: dict[str, Alert] = {}  # all that were heard

    def hear(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Tell of alerts that came now, after all that was due before."""
        self.until(now)
        self.alerts.update((alert.id, alert) for alert in alerts)
        if alerts:
            self._turn(alerts, now)

    def until(self, now: datetime) -> None:
        """Let time pass: digests go out, storms end."""
        while self._wake is not None and self._wake <= now:
            self._turn((), self._wake)

    def _turn(self, alerts: Sequence[Alert], at: datetime) -> None:
        at = at if self._at is None else max(at, self._at + _TICK)
        self._at = at
        step = self._notifier.step(alerts, (), at)
        self._note(step.facts, {}, at)
        while step.actions:
            attempts: list[Attempt] = list(step.actions)
            step = self._notifier.step((), [self._taken(one) for one in attempts], at)
            self._note(step.facts, {one.key: one for one in attempts}, at)
        self._wake = step.wake_at

    def _taken(self, attempt: Attempt) -> Attempted:
        ref = Ref(id=attempt.key) if self._settings.can_edit(attempt.destination) else None
        return Attempted(attempt, Outcome(Verdict.ACCEPTED, ref=ref))

    def _note(self, facts: Iterable[Fact], attempts: dict[str, Attempt], at: datetime) -> None:
        for fact in facts:
            name = fact.fields.get("destination", "")
            if fact.event == "delivery.delivered":
                letter = attempts[fact.fields["key"]].letter
                in_thread = letter.ref is not None
                self.sent.append(Sent(name, at, letter.form, in_thread, tuple(fact.fields["alerts"])))
            elif fact.event in ("alert.held", "alert.folded"):
                self.held.append(Held(name, at, fact.fields["reason"], fact.event == "alert.folded"))
