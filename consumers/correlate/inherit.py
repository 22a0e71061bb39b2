"""Which of the incidents of a new fold is which of the old: the id, and what was told, go with the claims."""

from collections.abc import Sequence

from consumers.correlate.live import Live


def inherit(old: Sequence[Live], fresh: Sequence[Live]) -> tuple[list[Live], list[Live]]:
    """Hand ids on. Gives those of `fresh` that are new, without an id, and those of `old` that nothing is left of."""
    holders: dict[str, list[Live]] = {}
    for live in old:
        for claim in live.record.claims:
            holders.setdefault(claim.item, []).append(live)
    free = {live.record.id for live in old}
    new: list[Live] = []
    for live in fresh:
        heir_of = _ancestor(live, holders, free)
        if heir_of is None:
            new.append(live)
            continue
        free.discard(heir_of.record.id)
        live.record.id = heir_of.record.id
        live.record.told = heir_of.record.told
        live.record.verdict = heir_of.record.verdict
        live.record.reversed_by = heir_of.record.reversed_by
    return new, [live for live in old if live.record.id in free]


def _ancestor(live: Live, holders: dict[str, list[Live]], free: set[str]) -> Live | None:
    """The first incident told, else the first, that held a claim of this one."""
    found = [
        one
        for claim in live.record.claims
        for one in holders.get(claim.item, ())
        if one.record.id in free and one.families & live.families
    ]
    return min(found, key=lambda one: (one.record.told is None, one.first), default=None)
