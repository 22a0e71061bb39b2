"""All that correlate knows: incidents by direction, and what became of each item. It tells nothing."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime

from msgspec import structs

from consumers.correlate.fold import Domain, Folder
from consumers.correlate.halves import settle
from consumers.correlate.inherit import inherit
from consumers.correlate.live import Live
from consumers.correlate.match import Matcher
from consumers.correlate.policy import Policy
from consumers.correlate.unit import ALERTING, Direction, claims_of
from monitor.message.incident import Claim, Incident, ItemTrace
from monitor.message.kind import Kinds
from monitor.message.report import Report
from monitor.message.terms import name_stems, terms


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
        self.refolded: list[Domain] = []
        self.gone: list[str] = []  # ids of incidents that were never told and are no more
        self.folder = Folder.of(Matcher(policy, kinds))
        self._names = names
        self._known_stems: dict[str, Set[str]] = {}
        self._by_side: dict[tuple[int, str], dict[Direction, None]] = {}

    def hear(self, report: Report) -> list[Claim]:
        """Take a report that is no repeat. `changed` and `gone` then hold what it did; its claims are given back."""
        self.changed.clear()
        self.gone.clear()
        self.refolded.clear()
        anew = set(self._take_back(report.item))
        claims = claims_of(report, self.kinds, self._blank)
        if self.since is None and claims:
            self.since = report.first_seen
        places: dict[Direction, None] = dict.fromkeys(anew)
        for claim in claims:
            direction = (claim.source, claim.target)
            places[direction] = None
            domain = self.domain(direction)
            late = bool(domain.claims) and domain.claims[-1].key > claim.key
            domain.claims.append(claim)
            if late:
                domain.claims.sort(key=lambda one: one.key)
                anew.add(direction)
            elif direction not in anew and None not in direction:
                self.note(self.folder.place(domain.lives, claim))
            if self.newest is None or claim.at > self.newest:
                self.newest = claim.at
        for direction in places:
            if direction in anew and None not in direction:
                self.refold(self.domains[direction], self.domains[direction].claims)
        settle(self, places)
        return claims

    def refold(self, domain: Domain, claims: list[Claim]) -> None:
        """Fold `claims`, those of the domain that no other takes in, from the beginning."""
        old, fresh = domain.lives, list[Live]()
        before = {live.record.id: live.record.claims for live in old}
        for claim in claims:
            self.folder.place(fresh, claim)
        new, gone = inherit(old, fresh)
        domain.lives = fresh
        self.refolded.append(domain)
        self.note([live for live in fresh if live in new or before[live.record.id] != live.record.claims])
        self.lives.update((live.record.id, live) for live in fresh)
        for live in gone:
            if live.record.told is None:
                self.forget(live)
            else:  # it stays on record, with no claim left
                live.record.claims = []
                husk = Live.of(live.record, self.kinds)
                husk.first, husk.last, husk.denied_since = live.first, live.last, live.denied_since
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

    def restore(self, incidents: Iterable[Incident], traces: Iterable[ItemTrace]) -> None:
        """Take a state as it was written, and nothing else."""
        self.lives, self.domains, self._by_side, self.newest = {}, {}, {}, None
        self.traces = {trace.item: trace for trace in traces}
        wholes: dict[Direction, dict[str, Claim]] = {}
        lives = sorted(
            (Live.of(record, self.kinds) for record in incidents), key=lambda one: (one.first, one.record.id)
        )
        for live in lives:
            record = live.record
            self.lives[record.id] = live
            if not record.claims:
                continue
            earlier = self.domain((record.source, record.target)).lives
            self.folder.link(earlier, live)
            earlier.append(live)
            for claim in record.claims:
                direction = (claim.source, claim.target)
                whole = wholes.setdefault(direction, {})
                whole[claim.item] = _merged(whole.get(claim.item), claim)
                if direction != (record.source, record.target):
                    self.domain(direction).seats[claim.item] = record.id
            self.newest = max(live.last, self.newest or live.last)
        for claim in (claim for trace in self.traces.values() for claim in trace.loose):
            wholes.setdefault((claim.source, claim.target), {})[claim.item] = claim
            self.newest = max(claim.at, self.newest or claim.at)
        for direction, claims in wholes.items():
            self.domain(direction).claims = sorted(claims.values(), key=lambda claim: claim.key)

    def is_loose(self, claim: Claim) -> bool:
        """Whether some of what it says is in no incident, so that a late report may yet give it a place."""
        if len(claim.said) == 1 and claim.said[0].modality in ALERTING:
            return False  # it found its place or made one
        counts = {(said.kind, said.modality) for said in self.folder.counted(claim)}
        domain = self.domain((claim.source, claim.target))
        lives = [self.lives[domain.seats[claim.item]]] if claim.item in domain.seats else domain.lives
        for live in reversed(lives):
            for held in live.record.claims:
                if held.item == claim.item:
                    counts -= {(said.kind, said.modality) for said in held.said}
        return bool(counts)

    def expire(self) -> list[str]:
        """Forget what is long past; gives the items that nothing speaks of any more."""
        if self.newest is None:
            return []
        horizon = self.newest - self.policy.keep
        directions: dict[Direction, None] = {}
        for live in _oldest(self.lives.values(), horizon + self.policy.longest):
            if live.last < horizon:
                directions[(live.record.source, live.record.target)] = None
                self.forget(live)
        for direction in directions:
            self._clear(direction, horizon)
        old = []
        for item, trace in self.traces.items():
            if trace.at < horizon:
                old.append(item)
            elif trace.at > horizon + self.policy.longest:
                break  # they came about in order of time; what is out of order waits for the next time
        for item in old:
            del self.traces[item]
        return old

    def _clear(self, direction: Direction, horizon: datetime) -> None:
        domain = self.domains.get(direction)
        if domain is None:
            return
        domain.lives = [live for live in domain.lives if live.record.id in self.lives]
        kept = {claim.item for live in domain.lives for claim in live.record.claims}
        domain.claims = [claim for claim in domain.claims if claim.at >= horizon or claim.item in kept]
        if not domain.lives and not domain.claims:
            del self.domains[direction]
            for side, code in enumerate(direction):
                if code is not None:
                    del self._by_side[(side, code)][direction]

    def _take_back(self, item: str) -> list[Direction]:
        """Remove what an item said before; gives the directions in which it had said something."""
        trace = self.traces.get(item)
        directions = list(trace.directions) if trace else []
        for direction in directions:
            domain = self.domain(direction)
            domain.claims = [claim for claim in domain.claims if claim.item != item]
        return directions

    def _blank(self, direction: Direction, words: Sequence[str]) -> tuple[str, ...]:
        common, (source, target) = self.policy.common_terms, direction
        mine, theirs = self._stems(source), self._stems(target)
        return tuple(word for word in words if word not in common and word not in mine and word not in theirs)

    def _stems(self, code: str | None) -> Set[str]:
        if code is None:
            return frozenset()
        stems = self._known_stems.get(code)
        if stems is None:
            others = terms(self.policy.other_names.get(code, ""))
            stems = self._known_stems[code] = name_stems(self._names.get(code, code)) | frozenset(others)
        return stems

    def _new_id(self, live: Live) -> str:
        """A hash of direction, family, day, and a number where there is such a one already."""
        record, number = live.record, 0
        family = self.kinds.family(next(iter(live.acts)))
        while True:
            text = f"{record.source}>{record.target}|{family}|{live.day}|{number}"
            made = "inc_" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
            if made not in self.lives:
                return made
            number += 1


def _oldest(lives: Iterable[Live], until: datetime) -> list[Live]:
    """Those at the beginning, which came first, up to one that began later."""
    found = []
    for live in lives:
        if live.first > until:
            break
        found.append(live)
    return found


def _merged(known: Claim | None, claim: Claim) -> Claim:
    if known is None:
        return claim
    said = {(one.kind, one.modality): one for one in (*known.said, *claim.said)}
    return structs.replace(known, said=tuple(said.values()))
