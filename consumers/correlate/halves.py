"""Claims that leave a side unnamed ("Russian consul expelled"): they join the incident that fits, or stand alone."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from consumers.correlate.fold import Domain
from consumers.correlate.likeness import Likeness, likeness
from consumers.correlate.live import Live
from consumers.correlate.unit import ALERTING, Direction
from consumers.correlate.world import World
from monitor.message.incident import Claim
from monitor.message.kind import Modality

Spans = Sequence[tuple[datetime, datetime]]


def settle(world: World, places: Collection[Direction], item: str) -> None:
    """Seat anew the unnamed claims that the touched directions may concern, and what `item` says now."""
    halves: dict[Direction, None] = {}
    for source, target in places:
        sides: tuple[Direction, Direction] = ((None, target), (source, None))
        for half in sides:
            if half in world.domains:
                halves[half] = None
    policy = world.policy
    spans = [(live.first - policy.longest, live.last + policy.fresh) for live in world.changed.values()]
    for half in halves:
        _settle_half(world, world.domains[half], spans, half in places, item)


def _settle_half(world: World, domain: Domain, spans: Spans, touched: bool, item: str) -> None:
    folded = {live.record.id for live in world.refolded}.union(world.gone)
    if not touched and folded.isdisjoint(domain.seats.values()) and not _may_move(world, domain, spans):
        return
    seats = {
        claim.item: host
        for claim in domain.claims
        if (host := _seat(world, claim, domain.seats.get(claim.item), spans, claim.item == item))
    }
    if not touched and seats == domain.seats and folded.isdisjoint(seats.values()):
        return
    alone = [claim for claim in domain.claims if claim.item not in seats]
    left = set(domain.seats.values())
    _adopt(world, domain, seats)
    _take_seats(world, domain, seats, left)
    world.moved.update(item for item, _ in seats.items() ^ domain.seats.items())
    domain.seats = seats
    world.refold(domain, alone)


def _may_move(world: World, domain: Domain, spans: Spans) -> bool:
    """Whether what changed can concern any claim here: it sits there, or speaks of the like in those days."""
    if not world.changed.keys().isdisjoint(domain.seats.values()):
        return True
    families = {family for live in world.changed.values() for family in live.families}
    return any(
        since <= claim.at <= until and any(world.kinds.family(said.kind) in families for said in claim.said)
        for claim in reversed(domain.claims)
        for since, until in spans
    )


def _seat(world: World, claim: Claim, seat: str | None, spans: Spans, is_new: bool) -> str | None:
    """The incident that an unnamed claim belongs to now.

    It was settled before, unless it is new: then only what changed can take it from where it sits.
    """
    side = 1 if claim.source is None else 0
    if is_new or (seat is not None and (seat not in world.lives or seat in world.changed)):
        since = claim.at - world.policy.longest - world.policy.fresh
        host = _host(world, claim, world.of_side(side, (claim.source, claim.target)[side], since))
    elif any(since <= claim.at <= until for since, until in spans):
        code = (claim.source, claim.target)[side]
        changed = [live for live in world.changed.values() if (live.record.source, live.record.target)[side] == code]
        host = _host(world, claim, [world.lives[seat], *changed] if seat is not None else changed)
    else:
        return seat
    return host.record.id if host is not None else None


def _host(world: World, claim: Claim, lives: Iterable[Live]) -> Live | None:
    """The named incident that an unnamed claim belongs to: the most alike, then the nearest in time."""
    families = {world.kinds.family(said.kind) for said in claim.said if said.modality in ALERTING}
    planned = all(said.modality is not Modality.OCCURRED for said in claim.said)
    policy, at = world.policy, claim.at
    earliest = at - policy.fresh
    best: Live | None = None
    best_rank: tuple[int, float, str, str] | None = None
    for live in lives:
        record = live.record
        if live.last < earliest or record.source is None or record.target is None or not record.claims:
            continue
        if families.isdisjoint(live.families):
            continue
        alike = likeness(claim, live)
        before = policy.longest if planned and alike is Likeness.SAME else policy.same_day
        if live.first - before <= at:
            apart = abs((at - live.first).total_seconds())
            rank = (int(alike), -apart, f"{record.source}>{record.target}", record.claims[0].item)
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
        for held in (seats, *_other_seats(world, domain, host)):
            held.update(dict.fromkeys([item for item, seat in held.items() if seat == own], taken))
        world.moved.update(claim.item for claim in (*host.record.claims, *live.record.claims))


def _other_seats(world: World, domain: Domain, host: Live) -> Iterator[dict[str, str]]:
    """The seats that claims which leave the other side unnamed have there too."""
    for half in ((None, host.record.target), (host.record.source, None)):
        other = world.domains.get(half)
        if other is not None and other is not domain:
            yield other.seats


def _take_seats(world: World, domain: Domain, seats: Mapping[str, str], left: Iterable[str]) -> None:
    """Make every named incident hold the unnamed claims that are seated there, and no others.

    `left`: the incidents in which some sat before.
    """
    wanted: dict[str, list[Claim]] = {incident: [] for incident in left}
    for claim in domain.claims:
        if claim.item in seats:
            wanted.setdefault(seats[claim.item], []).append(claim)
    for incident, claims in wanted.items():
        live = world.lives.get(incident)
        if live is None or live.record.source is None or live.record.target is None:
            continue
        record = live.record
        held = [claim for claim in record.claims if claim.is_of(*domain.direction)]
        if held == claims:
            continue
        others = [claim for claim in record.claims if not claim.is_of(*domain.direction)]
        record.claims = sorted([*others, *claims], key=lambda claim: claim.place)
        live.work_out()
        world.note([live])
