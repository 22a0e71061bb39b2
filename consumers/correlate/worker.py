"""The stage at work: reports and orders in, alerts and state out. It has no clock and no timer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from consumers.correlate.decide import Hold, Why
from consumers.correlate.live import Live
from consumers.correlate.policy import Policy
from consumers.correlate.teller import Teller
from consumers.correlate.unit import ALERTING, Direction
from consumers.correlate.world import World
from monitor.message.alert import Alert, Reason
from monitor.message.codec import decode_report, encode
from monitor.message.fact import Fact
from monitor.message.incident import (
    Claim,
    ItemTrace,
    PairState,
    Verdict,
    Watch,
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
_WATCH = "watch"  # key of state
_VERDICTS = {OrderKind.CORRECT: Reason.CORRECTED, OrderKind.RETRACT: Reason.RETRACTED}


class Correlator:
    """A `Worker` (monitor/stage) whose decisions depend on the reports and orders that came, and on nothing else."""

    def __init__(self, policy: Policy, kinds: Kinds, names: Mapping[str, str]) -> None:
        self._policy, self._kinds, self._names = policy, kinds, names
        self.restore({})

    def restore(self, state: Mapping[str, bytes]) -> None:
        self.world = World(self._policy, self._kinds, self._names)
        self.pairs: dict[str, PairState] = {}
        incidents, traces = [], []
        for key, value in state.items():
            if key.startswith("incident:"):
                incidents.append(decode_incident(value))
            elif key.startswith("item:"):
                traces.append(decode_trace(value))
            elif key.startswith("pair:"):
                pair = decode_pair(value)
                self.pairs[pair.pair] = pair
            elif key == _WATCH:
                self.world.since = decode_watch(value).since
        if self.world.since is None:  # a state of before this was written down
            self.world.since = min((pair.since for pair in self.pairs.values()), default=None)
        self.world.restore(incidents, traces)
        self._teller = Teller(self.world, self._names, self.pairs)
        self._swept = self.world.newest

    def decode(self, value: bytes) -> Report | Order:
        return decode_report(value)

    def step(self, messages: Sequence[Any], results: Sequence[Any], now: datetime) -> Step:
        turn = _Turn()
        for message in messages:
            if isinstance(message, Order):
                self._obey(message, turn)
            else:
                self._hear(message, turn)
        self._sweep(turn)
        return turn.step(self.world, self.pairs)

    async def perform(self, action: Any) -> Any:
        raise NotImplementedError("correlate asks for no actions")

    def settled(self, now: datetime) -> bool:
        return True

    def readings(self, now: datetime) -> Mapping[str, float]:
        return {"incidents": len(self.world.lives), "items": len(self.world.traces), "pairs": len(self.pairs)}

    def _hear(self, report: Report, turn: "_Turn") -> None:
        trace = self.world.traces.get(report.item)
        if trace is None and not report.signals:
            turn.facts.append(Fact("report.empty", counted=True))
            return
        if trace is not None and (trace.revision == report.revision or report.first_seen < trace.first_seen):
            turn.facts.append(Fact("report.repeated", {"item": report.item}, counted=True))
            return
        watched = self.world.since
        claims = self.world.hear(report)
        turn.watch_began = turn.watch_began or watched is not self.world.since
        turn.gone.update(self.world.gone)
        outcomes: list[tuple[str, str]] = []  # reason, alert
        alerts: list[Alert] = []
        for incident in sorted(self.world.changed):
            live = self.world.changed[incident]
            said = self._tell(live, _trigger(live, report), report.item, turn, outcomes)
            if said is not None:
                alerts.append(said)
        turn.outputs += [Output(ALERTS, said.incident, encode(said)) for said in _agreed(alerts)]
        turn.dirty.update(self.world.changed)
        incidents = tuple(sorted(live.record.id for live in self._touched(claims) if _holds(live, report.item)))
        reason, alert = _outcome(outcomes, claims)
        loose = tuple(claim for claim in claims if self.world.is_loose(claim))
        if incidents or loose or trace is not None:
            self.world.traces[report.item] = ItemTrace(
                item=report.item,
                revision=report.revision,
                at=report.event_time,
                first_seen=report.first_seen,
                directions=tuple(dict.fromkeys((claim.source, claim.target) for claim in claims)),
                incidents=incidents,
                reason=reason,
                alert=alert,
                loose=loose,
            )
            turn.items.add(report.item)
        self._retrace(turn)
        if not outcomes:
            turn.facts.append(Fact("item.held", {"item": report.item, "reason": reason}))

    def _retrace(self, turn: "_Turn") -> None:
        """A fold done anew may have moved what other items said, given it a place, or taken its place away."""
        for domain in self.world.refolded:
            holders: dict[str, set[str]] = {}
            for live in domain.lives:
                for claim in live.record.claims:
                    holders.setdefault(claim.item, set()).add(live.record.id)
            for claim in domain.claims:
                trace = self.world.traces.get(claim.item)
                if trace is None:
                    continue
                loose = [one for one in trace.loose if (one.source, one.target) != domain.direction]
                if self.world.is_loose(claim):
                    loose.append(claim)
                kept = {one for one in trace.incidents if not self._is_of(one, domain.direction)}
                held = kept | holders.get(claim.item, set())
                now = structs.replace(trace, loose=tuple(loose), incidents=tuple(sorted(held)))
                if now != trace:
                    self.world.traces[claim.item] = now
                    turn.items.add(claim.item)

    def _is_of(self, incident: str, direction: Direction) -> bool:
        live = self.world.lives.get(incident)
        return live is None or (live.record.source, live.record.target) == direction

    def _touched(self, claims: Sequence[Claim]) -> list[Live]:
        found: dict[str, Live] = dict(self.world.changed)
        for claim in claims:
            seat = self.world.domain((claim.source, claim.target)).seats.get(claim.item)
            if seat:
                found[seat] = self.world.lives[seat]
        return list(found.values())

    def _tell(
        self, live: Live, trigger: Claim, item: str, turn: "_Turn", outcomes: list[tuple[str, str]]
    ) -> Alert | None:
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

    def _obey(self, order: Order, turn: "_Turn") -> None:
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

    def _sweep(self, turn: "_Turn") -> None:
        newest = self.world.newest
        if newest is None:
            return
        if self._swept is None:
            self._swept = newest
        if newest - self._swept < _SWEEP:
            return
        self._swept = newest
        self.world.gone.clear()
        turn.items.update(self.world.expire())
        turn.gone.update(self.world.gone)
        self._teller.forget()


class _Turn:
    """What one step gathers."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.facts: list[Fact] = []
        self.dirty: dict[str, Live] = {}
        self.gone: set[str] = set()
        self.items: set[str] = set()
        self.pairs: set[str] = set()
        self.watch_began = False

    def step(self, world: World, pairs: Mapping[str, PairState]) -> Step:
        changes: dict[str, bytes | None] = {}
        for incident in (*self.gone, *self.dirty):
            live = world.lives.get(incident)
            changes[f"incident:{incident}"] = encode(live.record) if live else None
        for item in self.items:
            trace = world.traces.get(item)
            changes[f"item:{item}"] = encode(trace) if trace else None
        for pair in self.pairs:
            if pair in pairs:
                changes[f"pair:{pair}"] = encode(pairs[pair])
        if self.watch_began and world.since is not None:
            changes[_WATCH] = encode(Watch(since=world.since))
        return Step(outputs=self.outputs, changes=changes, facts=self.facts)


def _holds(live: Live, item: str) -> bool:
    return any(claim.item == item for claim in live.record.claims)


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


def _outcome(outcomes: Sequence[tuple[str, str]], claims: Sequence[Claim]) -> tuple[str, str]:
    """The one reason to show for an item: what was told before what was not."""
    for reason, alert in outcomes:
        if alert:
            return reason, alert
    if outcomes:
        return outcomes[0]
    alerting = any(said.modality in ALERTING for claim in claims for said in claim.said)
    return (Why.DUPLICATE if alerting else Why.MODALITY if claims else Why.NO_SIGNAL), ""


__all__ = ["Alert", "Correlator"]
