"""An incident at work: its record, with what is worked out from its claims."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from msgspec import structs

from consumers.correlate.unit import ALERTING
from consumers.correlate.witnesses import Witnesses
from monitor.message.incident import Claim, Incident
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
class Live:
    """`claims` of the record are in order; what stands here follows from them and from nothing else."""

    record: Incident
    kinds: Kinds
    first: datetime
    last: datetime
    acts: dict[str, Act] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    words: dict[str, set[str]] = field(default_factory=dict)  # by language
    stated: set[date] = field(default_factory=set)
    is_repeat: bool = False  # an act of this kind came before it, not long ago
    witnesses: Witnesses = field(default_factory=Witnesses)
    denied_since: datetime | None = None
    reversed_since: datetime | None = None

    @classmethod
    def of(cls, record: Incident, kinds: Kinds) -> "Live":
        live = cls(record, kinds, _NEVER, _NEVER)
        live.work_out()
        return live

    def work_out(self) -> None:
        """Work out everything from the claims, from the beginning."""
        own = [claim for claim in self.record.claims if self._is_own(claim)]
        self.first = self.last = own[0].at if own else _NEVER
        self.acts, self.families, self.words, self.stated = {}, set(), {}, set()
        self.witnesses, self.denied_since = Witnesses(), None
        for claim in self.record.claims:
            self.hear(claim)

    def add(self, claim: Claim) -> None:
        """Take one more claim, told after all others; a second part of one item joins its first."""
        claims = self.record.claims
        place = len(claims)  # seated claims, which leave a side unnamed, may be later
        while place and claims[place - 1].place > claim.place:
            place -= 1
        if place and claims[place - 1].place == claim.place:
            merged = {(said.kind, said.modality): said for said in (*claims[place - 1].said, *claim.said)}
            claims[place - 1] = structs.replace(claim, said=tuple(merged.values()))
        else:
            claims.insert(place, claim)
        self.hear(claim)

    def hear(self, claim: Claim) -> None:
        """Work out what this claim adds. One that leaves a side unnamed bears witness, and changes nothing else."""
        alerts = any(said.modality in ALERTING for said in claim.said)
        if alerts:
            self.witnesses.add(claim)
        if not self._is_own(claim):
            return
        self.last = max(self.last, claim.at)
        for said in claim.said:
            if said.modality is Modality.DENIED and self.denied_since is None:
                self.denied_since = claim.at
            if said.modality not in ALERTING:
                continue
            act = self.acts.get(said.kind)
            if act is None:
                act = self.acts[said.kind] = Act(said.kind, claim.at, said.modality)
                self.families.add(self.kinds.family(said.kind))
            act.hear(said.modality, said.scope, claim.at)
            if said.stated_day:
                self.stated.add(said.stated_day)
        if alerts:
            self.words.setdefault(claim.lang, set()).update(claim.terms)

    def _is_own(self, claim: Claim) -> bool:
        return (claim.source, claim.target) == (self.record.source, self.record.target)

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
        return min(found, key=lambda act: (act.modality is not Modality.OCCURRED, act.since), default=None)
