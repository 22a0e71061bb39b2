"""Claims that leave a side unnamed ("Russian consul expelled"): they join the incident that fits, or stand alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import structs

from consumers.correlate.fold import Domain
from consumers.correlate.likeness import Likeness, likeness
from consumers.correlate.live import Live
from consumers.correlate.unit import ALERTING, Direction
from monitor.message.incident import Claim
from monitor.message.kind import Modality

if TYPE_CHECKING:
    from consumers.correlate.world import World


def settle(world: World, places: Collection[Direction]) -> None:
    """Seat anew the unnamed claims that the touched directions may concern."""
    halves: dict[Direction, None] = {}
    for source, target in places:
        sides: tuple[Direction, Direction] = ((None, target), (source, None))
        for half in sides:
            if half in world.domains:
                halves[half] = None
    policy = world.policy
    spans = [(live.first - policy.same_day, live.last + policy.fresh) for live in world.changed.values()]
    for half in halves:
        _settle_half(world, world.domains[half], spans, half in places)


def _settle_half(world: World, domain: Domain, spans: Sequence[tuple[datetime, datetime]], touched: bool) -> None:
    side = 1 if domain.direction[0] is None else 0
    folded = {live.record.id for other in world.refolded for live in other.lives}
    if not touched and folded.isdisjoint(domain.seats.values()) and not _may_move(world, domain, spans):
        return
    seats: dict[str, str] = {}
    for claim in domain.claims:
        seat = domain.seats.get(claim.item)
        is_near = any(since <= claim.at <= until for since, until in spans)
        if seat in world.lives and seat not in world.changed and not is_near:
            seats[claim.item] = seat
            continue
        host = _host(world, claim, side)
        if host is not None:
            seats[claim.item] = host.record.id
    if not touched and seats == domain.seats and folded.isdisjoint(seats.values()):
        return
    alone = [claim for claim in domain.claims if claim.item not in seats]
    _adopt(world, domain, seats)
    _take_seats(world, domain, seats, side)
    domain.seats = seats
    world.refold(domain, alone)


def _may_move(world: World, domain: Domain, spans: Sequence[tuple[datetime, datetime]]) -> bool:
    """Whether what changed can concern any claim here: it sits there, or speaks of the like in those days."""
    if not world.changed.keys().isdisjoint(domain.seats.values()):
        return True
    families = {family for live in world.changed.values() for family in live.families}
    return any(
        since <= claim.at <= until and any(world.kinds.family(said.kind) in families for said in claim.said)
        for claim in reversed(domain.claims)
        for since, until in spans
    )


def _host(world: World, claim: Claim, side: int) -> Live | None:
    """The named incident that an unnamed claim belongs to: the most alike, then the nearest in time."""
    families = {world.kinds.family(said.kind) for said in claim.said if said.modality in ALERTING}
    planned = all(said.modality is not Modality.OCCURRED for said in claim.said)
    best: Live | None = None
    best_rank: tuple[int, float, str, str] | None = None
    since = claim.at - world.policy.longest - world.policy.fresh
    for live in world.of_side(side, (claim.source, claim.target)[side], since):
        if None in (live.record.source, live.record.target) or not families & live.families:
            continue
        alike = likeness(claim, live)
        before = world.policy.longest if planned and alike is Likeness.SAME else world.policy.same_day
        if live.first - before <= claim.at <= live.last + world.policy.fresh:
            apart = abs((claim.at - live.first).total_seconds())
            rank = (int(alike), -apart, f"{live.record.source}>{live.record.target}", live.record.claims[0].item)
            if best_rank is None or rank > best_rank:
                best, best_rank = live, rank
    return best


def _adopt(world: World, domain: Domain, seats: dict[str, str]) -> None:
    """Where an unnamed incident was told, and all it held goes to a named one that was not, that one takes its id."""
    for live in domain.lives:
        hosts = {seats.get(claim.item, "") for claim in live.record.claims}
        if live.record.told is None or len(hosts) != 1 or "" in hosts:
            continue
        host = world.lives[hosts.pop()]
        if host.record.told is not None:
            continue
        own, taken = host.record.id, live.record.id
        host.record.told = structs.replace(live.record.told, named=False)
        host.record.id, live.record.id, live.record.told = taken, own, None
        world.lives[taken], world.lives[own] = host, live
        world.changed.pop(own, None)
        world.changed[taken] = host
        for item, seat in seats.items():
            if seat == own:
                seats[item] = taken


def _take_seats(world: World, domain: Domain, seats: Mapping[str, str], side: int) -> None:
    """Make every named incident hold the unnamed claims that are seated there, and no others."""
    wanted: dict[str, list[Claim]] = {}
    for claim in domain.claims:
        if claim.item in seats:
            wanted.setdefault(seats[claim.item], []).append(claim)
    for live in list(world.of_side(side, domain.direction[side])):
        record = live.record
        if (record.source, record.target) == domain.direction:
            continue
        held = [claim for claim in record.claims if (claim.source, claim.target) == domain.direction]
        if held == wanted.get(record.id, []):
            continue
        others = [claim for claim in record.claims if (claim.source, claim.target) != domain.direction]
        record.claims = sorted([*others, *wanted.get(record.id, [])], key=lambda claim: claim.place)
        live.work_out()
        world.note([live])
