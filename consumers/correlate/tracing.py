"""What became of each item: the incidents that hold it, what it was told as, and what has no place yet."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec import structs

from consumers.correlate.decide import Why
from consumers.correlate.live import Live
from consumers.correlate.shared import share_trace
from consumers.correlate.unit import ALERTING
from consumers.correlate.world import World
from monitor.message.incident import Claim, ItemTrace
from monitor.message.report import Report

Outcome = tuple[str, str]  # a reason, and the alert, "" where nothing was told


def trace(world: World, report: Report, claims: Sequence[Claim], outcomes: Sequence[Outcome]) -> Outcome:
    """Write down what became of a report that was heard; gives the one reason to show for it.

    Nothing is written of an item that no incident holds, unless it was known before or may yet find a place.
    """
    incidents = tuple(sorted(live.record.id for live in _touched(world, claims) if live.holds(report.item)))
    reason, alert = _outcome(outcomes, claims)
    loose = tuple(claim for claim in claims if world.is_loose(claim))
    if incidents or loose or report.item in world.traces:
        world.traces[report.item] = made = ItemTrace(
            item=report.item,
            revision=report.revision,
            at=report.event_time,
            first_seen=report.first_seen,
            directions=tuple(dict.fromkeys((claim.source, claim.target) for claim in claims)),
            incidents=incidents,
            reason=str(reason),
            alert=alert,
            loose=loose,
        )
        share_trace(made)
    return reason, alert


def retrace(world: World) -> list[str]:
    """What an act told later moved, gave a place, or took a place from: those items, with their traces set right."""
    moved = []
    for item in sorted(world.moved):
        before = world.traces.get(item)
        if before is None:
            continue
        held = {live.record.id for way in before.directions for live in world.holders(item, before.at, way)}
        loose = tuple(one for one in _claims(world, before) if world.is_loose(one))
        now = structs.replace(before, loose=loose, incidents=tuple(sorted(held)))
        if now != before:
            world.traces[item] = now
            moved.append(item)
    return moved


def _claims(world: World, trace: ItemTrace) -> Iterator[Claim]:
    """What an item says, direction by direction."""
    for direction in trace.directions:
        claims = world.domain(direction).claims
        place = bisect_left(claims, (trace.at, trace.item), key=lambda claim: claim.key)
        if place < len(claims) and claims[place].item == trace.item:
            yield claims[place]


def _touched(world: World, claims: Sequence[Claim]) -> list[Live]:
    found: dict[str, Live] = dict(world.changed)
    for claim in claims:
        seat = world.domain((claim.source, claim.target)).seats.get(claim.item)
        if seat:
            found[seat] = world.lives[seat]
    return list(found.values())


def _outcome(outcomes: Sequence[Outcome], claims: Sequence[Claim]) -> Outcome:
    """The one reason to show for an item: what was told before what was not."""
    for reason, alert in outcomes:
        if alert:
            return reason, alert
    if outcomes:
        return outcomes[0]
    alerting = any(said.modality in ALERTING for claim in claims for said in claim.said)
    return (Why.DUPLICATE if alerting else Why.MODALITY if claims else Why.NO_SIGNAL), ""
