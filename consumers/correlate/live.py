"""An incident at work: its record, with what is worked out from its claims."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from msgspec import structs

from consumers.correlate.unit import ALERTING, in_order
from consumers.correlate.witnesses import Witnesses
from monitor.message.incident import Claim, Emptied, Incident
from monitor.message.kind import Kinds, Modality, Scope

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Act:
    """One kind of act within an incident, as its claims tell of it so far."""

    kind: str
    since: datetime
    modality: Modality
    occurred_since: datetime | None = None
    scope: Scope | None = None

    def hear(self, modality: Modality, scope: Scope | None, at: datetime) -> None:
        if modality is Modality.OCCURRED:
            self.modality = modality
            if self.occurred_since is None:
                self.occurred_since = at
        if scope is Scope.MEASURE or self.scope is None:
            self.scope = scope


@dataclass(slots=True, eq=False)
class Gist:
    """What an incident's claims amount to. It can be worked out again at any time, and is let go where nobody asks."""

    acts: dict[str, Act] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    words: dict[str, set[str]] = field(default_factory=dict)  # by language
    stated: set[date] = field(default_factory=set)
    witnesses: Witnesses = field(default_factory=Witnesses)
    denied_since: datetime | None = None


@dataclass(slots=True, eq=False)
class Live:
    """`claims` of the record are in order; what stands here follows from them and from nothing else."""

    record: Incident
    kinds: Kinds
    first: datetime
    last: datetime
    _gist: Gist | None = None

    @classmethod
    def of(cls, record: Incident, kinds: Kinds) -> "Live":
        live = cls(record, kinds, _NEVER, _NEVER)
        live.work_out()
        return live

    def work_out(self) -> None:
        """Work out everything from the claims, from the beginning; all but the times when somebody asks."""
        source, target = self.record.source, self.record.target
        own = [claim.at for claim in self.record.claims if claim.is_of(source, target)]
        emptied = self.record.emptied
        if own:
            self.first, self.last = min(own), max(own)
        elif emptied is not None:
            self.first, self.last = emptied.first, emptied.last
        else:
            self.first, self.last = _NEVER, _NEVER
        self._gist = None

    def holds(self, item: str) -> bool:
        """Whether a claim here is that item's; it is looked for among the latest first."""
        return any(claim.item == item for claim in reversed(self.record.claims))

    def rest(self) -> None:
        """Let go of what can be worked out again."""
        if self.record.claims:
            self._gist = None

    def emptied(self) -> "Live":
        """What stays on record of it when no claim is left: when it was, and whether it was denied."""
        when = Emptied(first=self.first, last=self.last, denied_since=self.denied_since)
        return Live.of(structs.replace(self.record, claims=[], emptied=when), self.kinds)

    def add(self, claim: Claim) -> None:
        """Take one more claim, told after all others; a second part of one item joins its first."""
        gist = self.gist  # before the claim is among those that it is worked out from
        claims = self.record.claims
        place = len(claims)  # seated claims, which leave a side unnamed, may be later
        while place and claims[place - 1].place > claim.place:
            place -= 1
        if place and claims[place - 1].place == claim.place:
            claims[place - 1] = structs.replace(claim, said=in_order((*claims[place - 1].said, *claim.said)))
        else:
            claims.insert(place, claim)
        if claim.is_of(self.record.source, self.record.target):
            self.last = max(self.last, claim.at)
        if place < len(claims) - 1:
            self._gist = None  # it counts before others
        else:
            self._hear(gist, claim)

    @property
    def gist(self) -> Gist:
        """What the claims amount to."""
        gist = self._gist
        if gist is None:
            emptied = self.record.emptied
            gist = self._gist = Gist(denied_since=emptied.denied_since if emptied else None)
            for claim in self.record.claims:
                self._hear(gist, claim)
        return gist

    def _hear(self, gist: Gist, claim: Claim) -> None:
        """Work out what this claim adds. One that leaves a side unnamed bears witness, and changes nothing else."""
        alerts = any(said.modality in ALERTING for said in claim.said)
        if alerts:
            gist.witnesses.add(claim)
        if not claim.is_of(self.record.source, self.record.target):
            return
        for said in claim.said:
            if said.modality is Modality.DENIED and gist.denied_since is None:
                gist.denied_since = claim.at
            if said.modality not in ALERTING:
                continue
            act = gist.acts.get(said.kind)
            if act is None:
                act = gist.acts[said.kind] = Act(said.kind, claim.at, said.modality)
                gist.families.add(self.kinds.family(said.kind))
            act.hear(said.modality, said.scope, claim.at)
            if said.stated_day:
                gist.stated.add(said.stated_day)
        if alerts:
            gist.words.setdefault(claim.lang, set()).update(claim.terms)

    @property
    def acts(self) -> dict[str, Act]:
        return self.gist.acts

    @property
    def families(self) -> set[str]:
        return self.gist.families

    @property
    def words(self) -> dict[str, set[str]]:
        """By language."""
        return self.gist.words

    @property
    def stated(self) -> set[date]:
        """The days on which the texts say that it was."""
        return self.gist.stated

    @property
    def witnesses(self) -> Witnesses:
        return self.gist.witnesses

    @property
    def denied_since(self) -> datetime | None:
        return self.gist.denied_since

    @property
    def opened(self) -> tuple[datetime, str]:
        """Its place among those of its direction: that of the first claim that names both sides as it does."""
        source, target = self.record.source, self.record.target
        return next((claim.key for claim in self.record.claims if claim.is_of(source, target)), (self.first, ""))

    @property
    def day(self) -> date:
        """The day of the act, as first told."""
        return self.first.date()

    @property
    def occurred(self) -> bool:
        return any(act.modality is Modality.OCCURRED for act in self.acts.values())

    def act_of_family(self, family: str) -> Act | None:
        """The act among those of a family that went furthest."""
        found = [act for act in self.acts.values() if self.kinds.family(act.kind) == family]
        return min(found, key=lambda act: (act.modality is not Modality.OCCURRED, act.since, act.kind), default=None)
