"""What the world remembers: read from its state, and let go of when it is long past."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import structs

from consumers.correlate.live import Live
from consumers.correlate.unit import Direction, in_order
from consumers.correlate.world import World
from monitor.message.incident import Claim, Incident, ItemTrace

_AWAKE = timedelta(days=3)  # beyond the longest that a claim joins an incident


def restore(world: World, incidents: Iterable[Incident], traces: Iterable[ItemTrace]) -> None:
    """Take a state as it was written into a world that knows nothing."""
    world.traces = {trace.item: trace for trace in traces}
    wholes: dict[Direction, dict[str, Claim]] = {}
    for live in sorted((Live.of(record, world.kinds) for record in incidents), key=lambda live: live.opened):
        record = live.record
        world.lives[record.id] = live
        if not record.claims:
            continue
        world.domain((record.source, record.target)).lives.append(live)
        for claim in record.claims:
            direction = (claim.source, claim.target)
            whole = wholes.setdefault(direction, {})
            whole[claim.item] = _merged(whole.get(claim.item), claim)
            if not claim.is_of(record.source, record.target):
                world.domain(direction).seats[claim.item] = record.id
        world.newest = max(live.last, world.newest or live.last)
    for claim in (claim for trace in world.traces.values() for claim in trace.loose):
        wholes.setdefault((claim.source, claim.target), {})[claim.item] = claim
        world.newest = max(claim.at, world.newest or claim.at)
    for direction, claims in wholes.items():
        world.domain(direction).claims = sorted(claims.values(), key=lambda claim: claim.key)
    _rest(world)


def expire(world: World) -> list[str]:
    """Forget what is long past; gives the items that nothing speaks of any more."""
    if world.newest is None:
        return []
    horizon = _horizon(world)
    directions: dict[Direction, None] = {}
    for live in [live for live in world.lives.values() if live.last < horizon]:
        source, target = live.record.source, live.record.target
        directions |= dict.fromkeys([(source, target), (None, target), (source, None)])
        world.forget(live)
    for direction in directions:
        _clear(world, direction, horizon)
    old = [item for item, trace in world.traces.items() if trace.at < horizon]
    for item in old:
        del world.traces[item]
    _rest(world)
    return old


def _rest(world: World) -> None:
    """Let incidents that no claim can join any more hold no more than their record."""
    if world.newest is None:
        return
    since = world.newest - world.policy.longest - world.policy.fresh - _AWAKE
    for live in world.lives.values():
        if live.last < since:
            live.rest()


def _horizon(world: World) -> datetime:
    """Before it all is forgotten: earlier where there would be too much, but never what a claim may still join."""
    assert world.newest is not None  # noqa: S101  # asked by `expire` alone, which looked
    policy = world.policy
    horizon = world.newest - policy.keep
    too_many = len(world.lives) - policy.most
    if too_many > 0:
        lasts = sorted(live.last for live in world.lives.values())
        joinable = world.newest - policy.longest - policy.fresh
        horizon = max(horizon, min(lasts[too_many], joinable))
    return horizon


def _clear(world: World, direction: Direction, horizon: datetime) -> None:
    domain = world.domains.get(direction)
    if domain is None:
        return
    domain.lives = [live for live in domain.lives if live.record.id in world.lives]
    homeless = {item for item, seat in domain.seats.items() if seat not in world.lives}
    domain.claims = [claim for claim in domain.claims if claim.item not in homeless]
    domain.seats = {item: seat for item, seat in domain.seats.items() if item not in homeless}
    kept = {claim.item for live in domain.lives for claim in live.record.claims}
    domain.claims = [claim for claim in domain.claims if claim.at >= horizon or claim.item in kept]
    if not domain.lives and not domain.claims:
        world.drop(direction)


def _merged(known: Claim | None, claim: Claim) -> Claim:
    if known is None:
        return claim
    return structs.replace(known, said=in_order((*known.said, *claim.said)))
