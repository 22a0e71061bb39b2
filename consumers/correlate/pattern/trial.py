"""The timelines of a correlation rule, tried: at these times these acts, at these times these alerts and no others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from consumers.correlate.pattern.file import TimelineText, Written, span_of
from consumers.correlate.policy import Policy
from consumers.correlate.worker import Correlator
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert
from monitor.message.kind import Kinds, Modality
from monitor.message.report import Evidence, Report, Signal

_BEGIN = datetime(2031, 5, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """One timeline, and when the rule spoke on it."""

    written: Written
    timeline: TimelineText
    line: int
    got: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return [span_of(one) for one in self.timeline.alerts] == [span_of(one) for one in self.got]


def told(rules: Iterable[Written], policy: Policy, kinds: Kinds, names: Mapping[str, str]) -> Iterator[Told]:
    """Each timeline of each rule, with that rule alone in force."""
    for written in rules:
        alone = replace(policy, patterns=(written.pattern,))
        for timeline, line in zip(written.text.proofs, written.lines, strict=True):
            correlator = Correlator(alone, kinds, names)
            yield Told(written, timeline, line, tuple(_spoke(timeline, written, correlator)))


def _spoke(timeline: TimelineText, written: Written, correlator: Correlator) -> Iterator[str]:
    for number, act in enumerate(timeline.acts):
        step = correlator.step([_report(number, act)], [], _BEGIN)
        alerts = [decode_alert(output.value) for output in step.outputs]
        if any(isinstance(one, Alert) and one.incident.startswith("cor_") for one in alerts):
            yield act.split()[0]


def _report(number: int, act: str) -> Report:
    """As an outlet of its own would tell it, in words of its own: two acts of one kind are not one told twice."""
    when, direction, kind, *modality = act.split()
    source, target = (None if code == "?" else code for code in direction.split(">"))
    at = _BEGIN + span_of(when) if span_of(when) > timedelta(0) else _BEGIN
    how = Modality(modality[0]) if modality else Modality.OCCURRED
    signal = Signal(kind=kind, source=source, target=target, modality=how, evidence=Evidence(act), rule="proof")
    return Report(
        item=f"act-{number}",
        revision="1",
        feed="proof",
        outlet=f"outlet-{number}",
        signals=(signal,),
        event_time=at,
        first_seen=at,
        title=act,
        lang="en",
        terms=tuple(f"matter{number}{letter}" for letter in "abcd"),
    )
