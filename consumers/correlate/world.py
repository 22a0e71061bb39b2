"""All that correlate knows: incidents by direction, and what became of each item. It tells nothing."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from msgspec import structs

from consumers.correlate.fold import Domain, Folder
from consumers.correlate.inherit import inherit
from consumers.correlate.live import Live
from consumers.correlate.match import Matcher
from consumers.correlate.policy import Policy
from consumers.correlate.stems import Stems
from consumers.correlate.unit import ALERTING, Direction
from monitor.message.incident import Claim, ItemTrace
from monitor.message.kind import Kinds

_EVER = datetime.min.replace(tzinfo=UTC)


class World:
    """Incidents are a fold over the claims of each direction in order of telling, so the order of coming is no matter.

    A claim told after all others of its direction is put where it belongs; a late one, or one taken back, has the
    whole direction folded anew, and the incidents keep their ids by the claims that they hold.
    """

    def __init__(self, policy: Policy, kinds: Kinds, names: Mapping[str, str]) -> None:
        self.policy = policy
        self.kinds = kinds
        self.lives: dict[str, Live] = {}
        self.traces: dict[str, ItemTrace] = {}
        self.domains: dict[Direction, Domain] = {}
        self.newest: datetime | None = None
        self.since: datetime | None = None  # the first report with signals came then
        self.changed: dict[str, Live] = {}  # by the last `hear`
        self.refolded: list[Live] = []  # so were these, in whole or from a time on
        self.moved: set[str] = set()  # items that may be held by other incidents than before
        self.gone: list[str] = []  # ids of incidents that were never told and are no more
        self.folder = Folder.of(Matcher(policy, kinds))
        self.stems = Stems(policy, names)
        self._by_side: dict[tuple[int, str], dict[Direction, None]] = {}

    def refold(self, domain: Domain, claims: list[Claim], since: datetime = _EVER) -> None:
        """Fold `claims`, those of the domain that no other takes in, anew from a time on.

        What was folded of earlier ones depends on no later one, so that an incident that ended before stays as it is.
        """
        kept: dict[int, Live] = {}
        fresh: list[Live] = []
        old: list[Live] = []
        claims_before = {live.record.id: live.record.claims for live in domain.lives}
        links_before = {live.record.id: _links(live) for live in domain.lives}
        for live in domain.lives:
            if live.record.reversed_since is not None and live.record.reversed_since >= since:
                live.record.reversed_since = None
                self.folder.marked.append(live)
            if live.last < since:
                kept[id(live)] = live
                fresh.append(live)
                continue
            old.append(live)
            fresh += self._cut(live, since)
        tail = [claim for claim in claims if claim.at >= since]
        grown: dict[int, Live] = {}
        for claim in tail:
            grown.update((id(live), live) for live in self.folder.place(fresh, claim) if id(live) in kept)
        made = [live for live in fresh if id(live) not in kept]
        new, gone = inherit(old, made)
        fresh_ids = {id(live) for live in new}
        domain.lives = fresh
        self.refolded += [*made, *grown.values()]
        self.moved.update(claim.item for claim in tail)
        self.note(live for live in made if id(live) in fresh_ids or claims_before[live.record.id] != live.record.claims)
        self.folder.marked.extend(live for live in made if links_before.get(live.record.id) != _links(live))
        self.note(grown.values())
        self.lives.update((live.record.id, live) for live in made)
        items = {live.record.id: {claim.item for claim in live.record.claims} for live in made}
        for live in old:  # what was told before may be held under another id now
            self.moved |= {claim.item for claim in claims_before[live.record.id]} ^ items.get(live.record.id, set())
        for live in gone:
            self._bury(live)

    def _cut(self, live: Live, since: datetime) -> list[Live]:
        """What an incident was before that time, without what was seated in it; nothing where it began later."""
        record, claims = live.record, live.record.claims
        own = [claim for claim in claims if claim.at < since and claim.is_of(record.source, record.target)]
        if not own:
            return []
        cut = structs.replace(record, id="", claims=own, told=None, verdict=None, reversed_by="")
        return [Live.of(cut, self.kinds)]

    def _bury(self, live: Live) -> None:
        """Nothing is left of it. Where it was told it stays on record, with no claim."""
        if live.record.told is None:
            self.forget(live)
            return
        husk = live.emptied()
        self.lives[live.record.id] = husk
        self.changed[live.record.id] = husk

    def note(self, lives: Iterable[Live]) -> None:
        """Mark incidents as changed; those that are new get their ids."""
        for live in lives:
            if not live.record.id:
                live.record.id = self._new_id(live)
                self.lives[live.record.id] = live
            self.changed[live.record.id] = live

    def forget(self, live: Live) -> None:
        """Let an incident go."""
        self.changed.pop(live.record.id, None)
        if self.lives.pop(live.record.id, None) is not None:
            self.gone.append(live.record.id)

    def of_pair(self, one: str | None, other: str | None) -> Iterator[Live]:
        """The incidents of two states, both ways."""
        for direction in {(one, other): None, (other, one): None}:
            domain = self.domains.get(direction)
            if domain:
                yield from domain.lives

    def of_side(self, side: int, code: str | None, since: datetime | None = None) -> Iterator[Live]:
        """The incidents in which a state is the source (side 0) or the target (side 1), begun since then."""
        for direction in self._by_side.get((side, code), ()) if code else ():
            for live in reversed(self.domains[direction].lives):
                if since is not None and live.first < since:
                    break
                yield live

    def domain(self, direction: Direction) -> Domain:
        """That of a direction, made where there is none."""
        domain = self.domains.get(direction)
        if domain is None:
            domain = self.domains[direction] = Domain(direction)
            for side, code in enumerate(direction):
                if code is not None:
                    self._by_side.setdefault((side, code), {})[direction] = None
        return domain

    def drop(self, direction: Direction) -> None:
        """Forget a direction that nothing is left of."""
        del self.domains[direction]
        for side, code in enumerate(direction):
            if code is not None:
                del self._by_side[(side, code)][direction]

    def holders(self, item: str, at: datetime, direction: Direction) -> list[Live]:
        """The incidents that hold what an item of that time says in one direction."""
        domain = self.domain(direction)
        seat = domain.seats.get(item)
        if seat is not None:
            return [self.lives[seat]]
        return [live for live in domain.lives if live.first <= at <= live.last and live.holds(item)]

    def is_loose(self, claim: Claim) -> bool:
        """Whether some of what it says is in no incident, so that a late report may yet give it a place."""
        if len(claim.said) == 1 and claim.said[0].modality in ALERTING:
            return False  # it found its place or made one
        counts = {(said.kind, said.modality) for said in self.folder.counted(claim)}
        for live in self.holders(claim.item, claim.at, (claim.source, claim.target)):
            for held in live.record.claims:
                if held.item == claim.item:
                    counts -= {(said.kind, said.modality) for said in held.said}
        return bool(counts)

    def take_marked(self) -> list[Live]:
        """The incidents whose links to others are other ones than were written."""
        marked = [live for live in self.folder.marked if self.lives.get(live.record.id) is live]
        self.folder.marked.clear()
        return marked

    def _new_id(self, live: Live) -> str:
        """A hash of direction, family, day, and a number where there is such a one already."""
        record, number = live.record, 0
        head = min(live.acts, key=lambda kind: (-self.kinds.by_id[kind].level.rank, kind))
        family = self.kinds.family(head)
        while True:
            text = f"{record.source}>{record.target}|{family}|{live.day}|{number}"
            made = "inc_" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
            if made not in self.lives:
                return made
            number += 1


def _links(live: Live) -> tuple[bool, datetime | None]:
    return live.record.is_repeat, live.record.reversed_since
