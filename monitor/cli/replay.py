"""What would have been told of past items: classify and correlate over a file, with event time for a clock."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec

from consumers.classify import Rules, classify
from consumers.classify.report import form_of
from consumers.classify.sketch import sketch
from consumers.correlate.worker import Correlator
from monitor.cli.past_items import PastItem, item_of
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert
from monitor.message.report import Evidence, Report, Signal
from monitor.message.step import Output
from monitor.message.terms import terms


class Line(msgspec.Struct, frozen=True, kw_only=True):
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


def line_of(alert: Alert) -> Line:
    """One thing that there was to tell."""
    return Line(
        id=alert.id,
        incident=alert.incident,
        message=alert.message,
        at=alert.at.isoformat().replace("+00:00", "Z"),
        reason=alert.reason,
        kind=alert.kind,
        kinds=alert.kinds,
        source=alert.source,
        target=alert.target,
        level=alert.level,
        modality=alert.modality,
        items=tuple(telling.item for telling in alert.tellings),
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """One item and the alerts that it caused, those held for the digest included."""

    past: PastItem
    report: Report
    alerts: tuple[Alert, ...]


def replay(items: Iterable[PastItem], read: Callable[[PastItem], Report], correlator: Correlator) -> Iterator[Heard]:
    """Item by item, in the order given."""
    for past in items:
        report = read(past)
        step = correlator.step([report], [], report.event_time)
        yield Heard(past, report, tuple(_alerts(step.outputs)))


def _alerts(outputs: Iterable[Output]) -> Iterator[Alert]:
    for output in outputs:
        alert = decode_alert(output.value)
        if isinstance(alert, Alert):
            yield alert


def read_report(past: PastItem, rules: Rules) -> Report:
    """The report of an item as the rules read it."""
    return classify(item_of(past), rules)


def labelled_report(past: PastItem, rules: Rules) -> Report:
    """The report of an item with its labels in place of the signals; all else as the rules find it in the text.

    Where the rules found the same act, its evidence, scope, day and grounds are kept.
    """
    item = item_of(past)
    found = classify(item, rules)
    pack = rules.packs.get(item.lang)
    found = msgspec.structs.replace(
        found,
        terms=found.terms or terms(item.title, item.summary),
        sketch=found.sketch or sketch(item),
        form=form_of(item, pack) if pack is not None else found.form,
    )
    by_act = {(one.kind, one.source, one.target, one.modality): one for one in found.signals}
    by_kind = {(one.kind, one.modality): one for one in reversed(found.signals)}
    signals: list[Signal] = []
    for label in past.signals or ():
        known = by_act.get((label.kind, label.source, label.target, label.modality))
        known = known or by_kind.get((label.kind, label.modality))
        signals.append(
            Signal(
                kind=label.kind,
                source=label.source,
                target=label.target,
                modality=label.modality,
                evidence=known.evidence if known else _unread(past, bool(signals)),
                rule=known.rule if known else "label",
                scope=label.scope or (known.scope if known else None),
                variant=known.variant if known else "",
                count=known.count if known else None,
                stated_day=known.stated_day if known else None,
                grounds=known.grounds if known else "",
            )
        )
    return msgspec.structs.replace(found, signals=tuple(signals))


def _unread(past: PastItem, later: bool) -> Evidence:
    """Labels name the item's own news first."""
    if later or not past.title:
        return Evidence(past.summary or "", part="summary")
    return Evidence(past.title, part="title")
