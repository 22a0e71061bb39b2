"""The fold: claims of one direction, in order of telling, become incidents. A late claim has it done again."""

from dataclasses import dataclass, field

from msgspec import structs

from consumers.correlate.live import Live
from consumers.correlate.match import Matcher
from consumers.correlate.unit import ALERTING, Direction, in_order, is_told_as_news
from monitor.message.incident import Claim, Incident, Said
from monitor.message.kind import Level, Modality


@dataclass(slots=True)
class Domain:
    """One direction: its claims in order, whole, and the incidents that they were folded into."""

    direction: Direction
    claims: list[Claim] = field(default_factory=list)
    lives: list[Live] = field(default_factory=list)  # in order of their first claim
    seats: dict[str, str] = field(default_factory=dict)  # where a side is unnamed: item -> named incident it joined


@dataclass(frozen=True, slots=True)
class Folder:
    """How claims are folded. Incidents that a claim opens have no id yet."""

    matcher: Matcher
    heavy: frozenset[str]  # kinds of medium level and above
    marked: list[Live] = field(default_factory=list)  # those that an act told later took back

    @classmethod
    def of(cls, matcher: Matcher) -> "Folder":
        kinds = matcher.kinds.by_id.values()
        return cls(matcher, frozenset(kind.id for kind in kinds if kind.level.rank >= Level.MEDIUM.rank))

    def place(self, lives: list[Live], claim: Claim) -> list[Live]:
        """Put one claim, told after all others, where it belongs; gives the incidents that took it."""
        alerting = [said for said in claim.said if said.modality in ALERTING]
        took: list[Live] = []
        for said in claim.said:
            if said.modality is Modality.DENIED:
                _take(took, self.matcher.find_denied(reversed(lives), claim, said), claim, said)
        acts = self._worth(alerting)
        if acts:
            took += self._place_acts(lives, claim, acts)
        if not self._is_heavy(acts):
            for said in claim.said:
                if said.modality is Modality.BACKGROUND:
                    _take(took, self.matcher.find_past(reversed(lives), claim, said), claim, said)
        return took

    def counted(self, claim: Claim) -> list[Said]:
        """What of a claim looks for a place: all but what its heavier acts keep inside."""
        alerting = [said for said in claim.said if said.modality in ALERTING]
        acts = self._worth(alerting)
        rest = [said for said in claim.said if said.modality not in ALERTING]
        return acts + [said for said in rest if said.modality is Modality.DENIED or not self._is_heavy(acts)]

    def _worth(self, alerting: list[Said]) -> list[Said]:
        """The acts that count, the highest first: condemnations stay inside an act that weighs more."""
        if len(alerting) < 2:
            return alerting
        kinds = self.matcher.kinds
        ranked = sorted(
            alerting,
            key=lambda said: (-kinds.level(said.kind, said.scope, said.modality).rank, kinds.by_id[said.kind].weight),
        )
        return [said for said in ranked if self._is_heavy([said])] or ranked

    def _is_heavy(self, acts: list[Said]) -> bool:
        return any(said.kind in self.heavy for said in acts)

    def _place_acts(self, lives: list[Live], claim: Claim, acts: list[Said]) -> list[Live]:
        kinds = self.matcher.kinds
        included = {part for said in acts for part in kinds.by_id[said.kind].includes}
        is_condition = any(kinds.by_id[said.kind].conditional and said.modality is Modality.OCCURRED for said in acts)
        took: list[Live] = []
        loose: list[Said] = []
        for said in acts:
            live = None if said.kind in included else self.matcher.find(reversed(lives), claim, said)
            if live is not None:
                _take(took, live, claim, said)
            elif not (is_condition and said.modality is Modality.PLANNED):
                loose.append(said)
        if loose and took and self._is_one_package(took[0], claim):
            for said in loose:
                _take(took, took[0], claim, said)
        elif loose:
            took.append(self._open(lives, claim, loose))
        return took

    def _is_one_package(self, joined: Live, claim: Claim) -> bool:
        """What comes at once belongs together; what is told days after the act that it stands beside does not."""
        begun = max((act.occurred_since or act.since for act in joined.acts.values()), default=joined.first)
        return claim.at - begun <= self.matcher.policy.package or not is_told_as_news(claim)

    def _open(self, lives: list[Live], claim: Claim, acts: list[Said]) -> Live:
        record = Incident(id="", source=claim.source, target=claim.target, claims=[])
        live = Live(record, self.matcher.kinds, claim.at, claim.at)
        live.add(structs.replace(claim, said=in_order(acts)))
        self.link(lives, live)
        lives.append(live)
        return live

    def link(self, earlier: list[Live], live: Live) -> None:
        """Note what a new incident is to the earlier ones: the second of its kind, or what takes one of them back."""
        kinds = self.matcher.kinds.by_id
        since = live.first - self.matcher.policy.ladder
        live.record.is_repeat = any(live.families & other.families and other.first >= since for other in earlier)
        undone = {kind for act in live.acts.values() if act.occurred_since for kind in kinds[act.kind].reverses}
        for other in reversed(earlier) if undone else ():
            if undone & other.acts.keys() and other.record.reversed_since is None:
                other.record.reversed_since = live.first
                self.marked.append(other)
                return


def _take(took: list[Live], live: Live | None, claim: Claim, said: Said) -> None:
    if live is None:
        return
    live.add(claim if claim.said == (said,) else structs.replace(claim, said=(said,)))
    if live not in took:
        took.append(live)
