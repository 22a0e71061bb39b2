"""One report taken into the world: what it says is put where it belongs, what its item no longer says is taken back."""

from bisect import insort
from datetime import datetime

from consumers.correlate.halves import settle
from consumers.correlate.live import Live
from consumers.correlate.unit import Direction, claims_of
from consumers.correlate.world import World
from monitor.message.incident import Claim
from monitor.message.kind import Modality
from monitor.message.report import Report


def hear(world: World, report: Report) -> list[Claim]:
    """Take a report that is no repeat; its claims, those that are kept, are given back.

    `changed`, `moved` and `gone` of the world then hold what it did.
    """
    world.changed.clear()
    world.gone.clear()
    world.refolded.clear()
    world.moved.clear()
    anew = _take_back(world, report.item)
    claims = claims_of(report, world.kinds, world.stems.telling)
    if world.since is None and claims:
        world.since = report.first_seen
    places: dict[Direction, None] = dict.fromkeys(anew)
    kept: list[Claim] = []
    for claim in claims:
        places[claim.source, claim.target] = None
        if _put(world, claim, anew):
            kept.append(claim)
            world.newest = max(claim.at, world.newest or claim.at)
    for direction, since in anew.items():
        if None not in direction:
            world.refold(world.domains[direction], world.domains[direction].claims, since)
    settle(world, places, report.item)
    return kept


def _put(world: World, claim: Claim, anew: dict[Direction, datetime]) -> bool:
    """Put a claim where it belongs, or note from when on its direction is to be folded anew; whether it is kept."""
    direction = (claim.source, claim.target)
    domain = world.domain(direction)
    if domain.claims and domain.claims[-1].key > claim.key:
        insort(domain.claims, claim, key=lambda one: one.key)
        anew[direction] = min(claim.at, anew.get(direction, claim.at))
        return True
    domain.claims.append(claim)
    if direction in anew:
        anew[direction] = min(claim.at, anew[direction])
    elif None not in direction:
        took = world.folder.place(domain.lives, claim)
        world.note(took)
        if took and all(_is_full(world, live, claim) for live in took):
            domain.claims.pop()
            for live in took:
                live.record.claims = [one for one in live.record.claims if one.item != claim.item]
            return False
    return True


def _is_full(world: World, live: Live, claim: Claim) -> bool:
    """Whether an incident has so many claims that one which says the same again is not kept: its record must end."""
    if len(live.record.claims) <= world.policy.most_claims:
        return False
    known = {(said.kind, said.modality) for one in live.record.claims[:-1] for said in one.said}
    return all(said.modality is Modality.OCCURRED and (said.kind, said.modality) in known for said in claim.said)


def _take_back(world: World, item: str) -> dict[Direction, datetime]:
    """Remove what an item said before; gives the directions in which it had said something, and the time of it."""
    trace = world.traces.get(item)
    found: dict[Direction, datetime] = {}
    for direction in trace.directions if trace else ():
        domain = world.domain(direction)
        gone = [claim.at for claim in domain.claims if claim.item == item]
        if gone:
            domain.claims = [claim for claim in domain.claims if claim.item != item]
            found[direction] = min(gone)
    return found
