"""What became of each item: the incidents that hold it, what it was told as, and what has no place yet."""

from collections.abc import Sequence

from msgspec import structs

from consumers.correlate.decide import Why
from consumers.correlate.live import Live
from consumers.correlate.shared import share_trace
from consumers.correlate.unit import ALERTING, Direction
from consumers.correlate.world import World
from monitor.message.incident import Claim, ItemTrace
from monitor.message.report import Report

Outcome = tuple[str, str]  # a reason, and the alert, "" where nothing was told


def trace(world: World, report: Report, claims: Sequence[Claim], outcomes: Sequence[Outcome]) -> Outcome:
    """Write down what became of a report that was heard; gives the one reason to show for it.

    Nothing is written of an item that no incident holds, unless it was known before or may yet find a place.
    """
    incidents = tuple(sorted(live.record.id for live in _touched(world, claims) if _holds(live, report.item)))
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
    """A fold done anew may have moved what other items said, given it a place, or taken its place away: those items."""
    moved = []
    for anew in world.refolded:
        domain, holders = anew.domain, dict[str, set[str]]()
        for live in anew.lives:
            for claim in live.record.claims:
                holders.setdefault(claim.item, set()).add(live.record.id)
        for claim in anew.claims:
            before = world.traces.get(claim.item)
            if before is None:
                continue
            loose = [one for one in before.loose if (one.source, one.target) != domain.direction]
            if world.is_loose(claim):
                loose.append(claim)
            kept = {one for one in before.incidents if not _is_of(world, one, domain.direction)}
            held = kept | holders.get(claim.item, set())
            now = structs.replace(before, loose=tuple(loose), incidents=tuple(sorted(held)))
            if now != before:
                world.traces[claim.item] = now
                moved.append(claim.item)
    return moved


def _is_of(world: World, incident: str, direction: Direction) -> bool:
    live = world.lives.get(incident)
    return live is None or (live.record.source, live.record.target) == direction


def _touched(world: World, claims: Sequence[Claim]) -> list[Live]:
    found: dict[str, Live] = dict(world.changed)
    for claim in claims:
        seat = world.domain((claim.source, claim.target)).seats.get(claim.item)
        if seat:
            found[seat] = world.lives[seat]
    return list(found.values())


def _holds(live: Live, item: str) -> bool:
    return any(claim.item == item for claim in reversed(live.record.claims))


def _outcome(outcomes: Sequence[Outcome], claims: Sequence[Claim]) -> Outcome:
    """The one reason to show for an item: what was told before what was not."""
    for reason, alert in outcomes:
        if alert:
            return reason, alert
    if outcomes:
        return outcomes[0]
    alerting = any(said.modality in ALERTING for claim in claims for said in claim.said)
    return (Why.DUPLICATE if alerting else Why.MODALITY if claims else Why.NO_SIGNAL), ""
