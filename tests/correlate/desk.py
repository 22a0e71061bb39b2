"""Timelines for tests: at these times these signals, at these times these alerts and no others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from consumers.correlate.policy import Policy
from consumers.correlate.worker import Correlator
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert, decode_report, encode
from monitor.message.item import DateSource
from monitor.message.kind import Modality, Scope
from monitor.message.order import Order
from monitor.message.report import Evidence, Form, Report, Signal
from monitor.message.terms import terms
from monitor.rules_folder import rules_folder
from monitor.settings.correlate import CorrelateSettings
from monitor.tables import Tables, read_tables

START = datetime(2031, 5, 1, tzinfo=UTC)


@cache
def tables() -> Tables:
    return read_tables(rules_folder())


@cache
def default_policy() -> Policy:
    return CorrelateSettings().policy(tables())


def at(day: float, hour: float = 0) -> datetime:
    """Day 1 is the first of May 2031."""
    return START + timedelta(days=day - 1, hours=hour)


def said(act: str, **more: Any) -> Signal:
    """ "KOR>RUS envoy-summoned"; "?" for a side that is not named; the modality after it where it did not occur."""
    direction, kind, *rest = act.split()
    source, target = (None if code == "?" else code for code in direction.split(">"))
    return Signal(
        kind=kind,
        source=source,
        target=target,
        modality=Modality(rest[0]) if rest else Modality.OCCURRED,
        evidence=more.pop("evidence", Evidence("", part=more.pop("part", "title"))),
        rule="test",
        scope=Scope(more.pop("scope")) if "scope" in more else None,
        **more,
    )


def report(
    item: str, when: datetime, outlet: str, title: str, *acts: str | Signal, lead: str = "", **more: Any
) -> Report:
    """One revision of one item; `outlet` may carry its country: "wire/KOR"."""
    name, _, country = outlet.partition("/")
    signals = tuple(
        act if isinstance(act, Signal) else said(act, part="title" if number == 0 else "summary")
        for number, act in enumerate(acts)
    )
    defaults: dict[str, Any] = {
        "revision": "1",
        "feed": name,
        "country": country or None,
        "lang": "en",
        "first_seen": when,
        "date_source": DateSource.PUBLISHED,
        "form": Form.REPORT,
        "url": f"https://{name}.example/{item}",
        "terms": terms(title, lead),
    }
    return Report(item=item, event_time=when, outlet=name, title=title, signals=signals, **(defaults | more))


@dataclass
class Desk:
    """A correlator on its own, its state kept as the stream would keep it."""

    policy: Policy = field(default_factory=default_policy)
    state: dict[str, bytes] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    facts: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.correlator = Correlator(self.policy, tables().kinds, tables().names)

    @classmethod
    def with_policy(cls, **changes: Any) -> "Desk":
        return cls(replace(default_policy(), **changes))

    def hear(self, *messages: Report | Order) -> list[Alert]:
        """One step for each message; the alerts of all."""
        before = len(self.alerts)
        for message in messages:
            step = self.correlator.step([decode_report(encode(message))], [], START)
            self.facts += step.facts
            for key, value in step.changes.items():
                if value is None:
                    self.state.pop(key, None)
                else:
                    self.state[key] = value
            for output in step.outputs:
                alert = decode_alert(output.value)
                assert isinstance(alert, Alert)
                assert (output.topic, output.key) == ("alerts", alert.incident)
                self.alerts.append(alert)
        return self.alerts[before:]

    def restart(self) -> None:
        """Forget all but the state."""
        self.correlator.restore(self.state)

    def groups(self) -> set[tuple[str | None, str | None, tuple[str, ...], tuple[str, ...]]]:
        """The incidents: direction, kinds, items."""
        return {
            (live.record.source, live.record.target, tuple(sorted(live.acts)), tuple(_items(live.record.claims)))
            for live in self.correlator.world.lives.values()
        }

    def untraced(self) -> dict[str, tuple[set[str], set[str]]]:
        """Items of which the trace names other incidents than those that hold it: both."""
        holds: dict[str, set[str]] = {}
        for live in self.correlator.world.lives.values():
            for claim in live.record.claims:
                holds.setdefault(claim.item, set()).add(live.record.id)
        traced = {item: set(trace.incidents) for item, trace in self.correlator.world.traces.items()}
        return {
            item: (traced.get(item, set()), holds.get(item, set()))
            for item in traced.keys() | holds.keys()
            if traced.get(item, set()) != holds.get(item, set())
        }


def _items(claims: Iterable[Any]) -> list[str]:
    return [claim.item for claim in claims]


def told(alerts: Sequence[Alert]) -> list[str]:
    """Alerts in short: "KOR>RUS envoy-summoned first medium"; held ones carry why."""
    return [
        f"{alert.source or '?'}>{alert.target or '?'} {alert.kind} {alert.reason} {alert.level}"
        + (f" ({alert.held})" if alert.held else "")
        for alert in alerts
    ]
