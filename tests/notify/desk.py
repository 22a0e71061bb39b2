"""A notifier at work in a test: a state that is committed as the loop would, a clock that the test moves."""

import asyncio
import io
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from consumers.notify.dispatch import Attempt, Attempted
from consumers.notify.notifier import Notifier
from consumers.notify.send import Way
from consumers.notify.settings import NotifySettings
from consumers.notify.state import Pending
from monitor.message.alert import Alert, Notice
from monitor.message.codec import decode_alert, decode_delivery, encode
from monitor.message.delivery import Delivery, DeliveryState
from monitor.message.fact import Fact
from monitor.message.order import Order
from monitor.message.step import Step
from monitor.settings.notify import NotifySection, notify_settings
from tests.notify.samples import NOON

Message = Alert | Notice | Order


def settings_of(
    destinations: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None, **more: Any
) -> NotifySettings:
    """Settings as a person would write them in monitor.yaml."""
    once = more.pop("once", False)
    section = NotifySection.model_validate({"destinations": destinations or {}, **more})
    return notify_settings(section, environ or {}, once=once)


class Desk:
    """Drives one notifier by hand: `tell` hands it messages, `run` lets time pass."""

    def __init__(
        self,
        settings: NotifySettings,
        http: httpx.AsyncClient,
        now: datetime = NOON,
        *,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.settings, self.now = settings, now
        self.told: Callable[[], NotifySettings] = lambda: self.settings
        self.terminal = io.StringIO()
        self.state: dict[str, bytes] = {}
        self.deliveries: list[Delivery] = []
        self.facts: list[Fact] = []
        self.results: list[Attempted] = []
        self.steps: list[Step] = []
        self.attempts: list[datetime] = []
        self.wake_at: datetime | None = None
        self._way = Way(http, self.terminal, trust)
        self.notifier = Notifier(lambda: self.told(), self._way)
        self.notifier.restore({})

    def step(self, *messages: Message) -> list[Attempt]:
        """One step, committed; its actions are left to the caller."""
        wire = [decode_alert(encode(message)) for message in messages]
        results, self.results = self.results, []
        step = self.notifier.step(wire, results, self.now)
        for key, value in step.changes.items():
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value
        self.deliveries += [decode_delivery(output.value) for output in step.outputs]
        self.facts += step.facts
        self.wake_at = step.wake_at
        self.steps.append(step)
        self.attempts += [self.now] * len(step.actions)
        return list(step.actions)

    async def tell(self, *messages: Message) -> None:
        """Hand over messages, and go on until only time would bring more."""
        actions = self.step(*messages)
        while True:
            while actions:
                self.results += await asyncio.gather(*(self.notifier.perform(action) for action in actions))
                actions = self.step()
            if self.wake_at is None or self.wake_at > self.now + timedelta(seconds=1):
                return
            self.now = max(self.now, self.wake_at)
            actions = self.step()

    async def run(self, span: timedelta) -> None:
        """Let time pass, waking whenever the notifier asked to be."""
        end = self.now + span
        while self.wake_at is not None and self.wake_at <= end:
            self.now = max(self.now, self.wake_at)
            await self.tell()
        self.now = end
        await self.tell()

    def restart(self, settings: NotifySettings | None = None) -> None:
        """A new process with the committed state; what was being sent is lost with the old one."""
        self.settings = settings or self.settings
        self.results = []
        self.notifier = Notifier(lambda: self.told(), self._way)
        self.notifier.restore(dict(self.state))

    def pending(self) -> list[Pending]:
        return list(self.notifier._ledger.pending.values())

    def states(self, destination: str = "") -> list[DeliveryState]:
        return [one.state for one in self.deliveries if destination in ("", one.destination)]

    def events(self, prefix: str = "") -> list[str]:
        return [fact.event for fact in self.facts if fact.event.startswith(prefix)]
