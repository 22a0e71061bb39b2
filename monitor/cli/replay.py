"""What would have been told of the past: reports and orders through correlate, with event time for a clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from consumers.correlate.worker import Correlator
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert
from monitor.message.order import Order
from monitor.message.report import Report
from monitor.message.step import Output


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `demarche backtest` prints."""

    id: str
    incident: str
    message: str
    at: str
    reason: str
    kind: str
    kinds: tuple[str, ...]
    source: str | None
    target: str | None
    level: str
    modality: str
    items: tuple[str, ...]
    sent: str = ""  # when a destination was told
    form: str = ""  # as what: a post, an edit, a reply, a digest


def line_of(alert: Alert) -> Line:
    """One thing that there was to tell."""
    return Line(
        id=alert.id,
        incident=alert.incident,
        message=alert.message,
        at=stamp(alert.at.isoformat()),
        reason=alert.reason,
        kind=alert.kind,
        kinds=alert.kinds,
        source=alert.source,
        target=alert.target,
        level=alert.level,
        modality=alert.modality,
        items=tuple(telling.item for telling in alert.tellings),
    )


def stamp(text: str) -> str:
    """A time in UTC as it is written in JSON."""
    return text.replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Heard:
    """One report, or one order, and the alerts that it caused, those held for the digest included."""

    at: datetime  # when it came
    alerts: tuple[Alert, ...]


def replay(messages: Iterable[Report | Order], correlator: Correlator) -> Iterator[Heard]:
    """One by one, in the order given."""
    for message in messages:
        at = message.first_seen if isinstance(message, Report) else message.at
        step = correlator.step([message], [], at)
        yield Heard(at, tuple(_alerts(step.outputs)))


def _alerts(outputs: Iterable[Output]) -> Iterator[Alert]:
    for output in outputs:
        alert = decode_alert(output.value)
        if isinstance(alert, Alert):
            yield alert
