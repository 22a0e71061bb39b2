"""The stage at work: reports and orders in, alerts and state out. It has no clock and no timer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from consumers.correlate.decide import Hold
from consumers.correlate.hearing import hear
from consumers.correlate.keeping import expire, restore
from consumers.correlate.live import Live
from consumers.correlate.pattern.watch import PatternWatch
from consumers.correlate.policy import Policy
from consumers.correlate.shared import share_incident, share_trace
from consumers.correlate.teller import Teller
from consumers.correlate.tracing import Outcome, retrace, trace
from consumers.correlate.turn import WATCH, Turn
from consumers.correlate.world import World
from monitor.message.alert import Alert, Reason
from monitor.message.codec import decode_report, encode
from monitor.message.fact import Fact
from monitor.message.incident import (
    Claim,
    Fired,
    PairState,
    Verdict,
    decode_fired,
    decode_incident,
    decode_pair,
    decode_trace,
    decode_watch,
    pair_name,
)
from monitor.message.kind import Kinds
from monitor.message.order import Order, OrderKind
from monitor.message.report import Report
from monitor.message.step import ALERTS, Output, Step

_SWEEP = timedelta(days=1)  # of event time, between looks for what is long past
_VERDICTS = {OrderKind.CORRECT: Reason.CORRECTED, OrderKind.RETRACT: Reason.RETRACTED}


class Correlator:
    """A `Worker` (monitor/stage) whose decisions depend on the reports and orders that came, and on nothing else."""

    def __init__(self, policy: Policy, kinds: Kinds, names: Mapping[str, str]) -> None:
        self._policy, self._kinds, self._names = policy, kinds, names
        self.restore({})

    def restore(self, state: Mapping[str, bytes]) -> None:
        self.world = World(self._policy, self._kinds, self._names)
        self.pairs: dict[str, PairState] = {}
        fired: dict[str, Fired] = {}
        incidents, traces = [], []
        for key, value in state.items():
            if key.startswith("incident:"):
                incidents.append(record := decode_incident(value))
                share_incident(record)
            elif key.startswith("item:"):
                traces.append(one := decode_trace(value))
                share_trace(one)
            elif key.startswith("pair:"):
                pair = decode_pair(value)
                self.pairs[pair.pair] = pair
            elif key.startswith("fired:"):
                one_fired = decode_fired(value)
                fired[one_fired.key] = one_fired
            elif key == WATCH:
                self.world.since = decode_watch(value).since
        if self.world.since is None:  # a state of before this was written down
            self.world.since = min((pair.since for pair in self.pairs.values()), default=None)
        restore(self.world, incidents, traces)
        self._teller = Teller(self.world, self._names, self.pairs)
        self._patterns = PatternWatch(self.world, self._names, fired)
        self._swept = self.world.newest

    def decode(self, value: bytes) -> Report | Order:
        return decode_report(value)

    def step(self, messages: Sequence[Any], results: Sequence[Any], now: datetime) -> Step:
        turn = Turn()
        for message in messages:
            if isinstance(message, Order):
                self._obey(message, turn)
            else:
                self._hear(message, turn)
        self._sweep(turn)
        return turn.step(self.world, self.pairs, self._patterns.fired)

    async def perform(self, action: Any) -> Any:
        raise NotImplementedError("correlate asks for no actions")

    def settled(self, now: datetime) -> bool:
        return True

    def readings(self, now: datetime) -> Mapping[str, float]:
        return {"incidents": len(self.world.lives), "items": len(self.world.traces), "pairs": len(self.pairs)}

    def _hear(self, report: Report, turn: Turn) -> None:
        known = self.world.traces.get(report.item)
        if known is None and not report.signals:
            turn.facts.append(Fact("report.empty", counted=True))
            return
        if known is not None and (known.revision == report.revision or report.first_seen < known.first_seen):
            turn.facts.append(Fact("report.repeated", {"item": report.item}, counted=True))
            return
        watched = self.world.since
        claims = hear(self.world, report)
        turn.watch_began = turn.watch_began or watched is not self.world.since
        turn.gone.update(self.world.gone)
        outcomes: list[Outcome] = []
        alerts: list[Alert] = []
        for incident in sorted(self.world.changed):
            live = self.world.changed[incident]
            said = self._tell(live, _trigger(live, report), report.item, turn, outcomes)
            if said is not None:
                alerts.append(said)
        turn.outputs += [Output(ALERTS, said.incident, encode(said)) for said in _agreed(alerts)]
        for live in [self.world.changed[incident] for incident in sorted(self.world.changed)]:
            self._correlate(live, _trigger(live, report), turn)
        turn.dirty.update(self.world.changed)
        turn.dirty.update((live.record.id, live) for live in self.world.take_marked())
        reason, _ = trace(self.world, report, claims, outcomes)
        if report.item in self.world.traces:
            turn.items.add(report.item)
        turn.items.update(retrace(self.world))
        if not outcomes:
            turn.facts.append(Fact("item.held", {"item": report.item, "reason": reason}))

    def _tell(self, live: Live, trigger: Claim, item: str, turn: Turn, outcomes: list[Outcome]) -> Alert | None:
        said = self._teller.speak(live, trigger)
        record = live.record
        fields = {"incident": record.id, "item": item, "source": record.source, "target": record.target}
        if isinstance(said, Hold):
            outcomes.append((said.why, ""))
            turn.facts.append(Fact("incident.held", {**fields, "reason": said.why}))
            return None
        turn.pairs.add(pair_name(record.source, record.target))
        outcomes.append((said.held or said.reason, said.id))
        turn.facts.append(
            Fact(
                "incident.told" if not said.held else "incident.held",
                {
                    **fields,
                    "alert": said.id,
                    "reason": said.held or said.reason,
                    "kind": said.kind,
                    "level": said.level,
                    "modality": said.modality,
                    "outlets": said.outlets,
                },
            )
        )
        return said

    def _obey(self, order: Order, turn: Turn) -> None:
        reason = _VERDICTS.get(order.kind)
        live = self.world.lives.get(order.subject)
        if reason is None or live is None or live.record.verdict is not None:
            turn.facts.append(Fact("order.passed", {"order": order.id, "incident": order.subject}, level="warning"))
            return
        live.record.verdict = Verdict(reason, order.why, order.author, order.at)
        turn.dirty[live.record.id] = live
        if live.record.claims:
            last = live.record.claims[-1]
            alert = self._tell(live, last, last.item, turn, [])
            turn.outputs += [Output(ALERTS, alert.incident, encode(alert))] if alert else []
            self._correlate(live, last, turn)

    def _correlate(self, live: Live, trigger: Claim, turn: Turn) -> None:
        """What the operator's correlation rules make of an incident that changed."""
        for key, alert in self._patterns.look(live, trigger):
            turn.fired.add(key)
            turn.outputs.append(Output(ALERTS, alert.incident, encode(alert)))
            fields = {"incident": alert.incident, "item": trigger.item, "source": alert.source, "target": alert.target}
            shown = {"alert": alert.id, "reason": alert.reason, "kind": alert.kind, "level": alert.level}
            turn.facts.append(Fact("incident.told", {**fields, **shown, "why": alert.why}))

    def _sweep(self, turn: Turn) -> None:
        newest = self.world.newest
        if newest is None:
            return
        if self._swept is None:
            self._swept = newest
        if newest - self._swept < _SWEEP:
            return
        self._swept = newest
        self.world.gone.clear()
        turn.items.update(expire(self.world))
        turn.gone.update(self.world.gone)
        self._teller.forget()
        turn.fired.update(self._patterns.forget())


def _agreed(alerts: Sequence[Alert]) -> list[Alert]:
    """Those of one message, caused by one item, show the sentence of them all."""
    headlines = {alert.message: alert.headline for alert in alerts if alert.headline}
    return [
        structs.replace(alert, headline=headlines[alert.message]) if alert.message in headlines else alert
        for alert in alerts
    ]


def _trigger(live: Live, report: Report) -> Claim:
    """What the report says of this incident; where it says nothing of it any more, the report itself."""
    for claim in reversed(live.record.claims):
        if claim.item == report.item:
            return claim
    return Claim(
        item=report.item,
        revision=report.revision,
        outlet=report.outlet,
        at=report.event_time,
        first_seen=report.first_seen,
        title=report.title,
        url=report.url,
    )


__all__ = ["Alert", "Correlator"]
