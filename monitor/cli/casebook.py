"""What correlate knows, as people ask for it: incidents, pairs, the last hours. Pure functions over decoded state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from consumers.correlate.compose import act_sentence
from consumers.correlate.ladder import ladder
from consumers.correlate.live import Live
from consumers.correlate.policy import Policy
from consumers.correlate.view import View, ending, view
from monitor.message.incident import Claim, Incident, PairState, decode_incident, decode_pair, decode_watch, pair_name
from monitor.message.kind import Kinds, Level, Modality, Scope


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One incident, as a row."""

    id: str
    pair: str
    source: str | None
    target: str | None
    kind: str
    kinds: tuple[str, ...]
    cameo: tuple[str, ...]
    weight: float
    level: Level
    scope: Scope | None
    modality: Modality
    sentence: str
    first: datetime  # event time of the first telling
    first_seen: datetime
    last: datetime
    state: str  # open, corrected, retracted, reversed
    told: bool
    held: str  # why it is a line of the digest alone
    confirmed: bool
    outlets: tuple[str, ...]
    countries: tuple[str, ...]
    items: tuple[str, ...]
    links: tuple[str, ...]


class PairRow(msgspec.Struct, frozen=True, kw_only=True):
    """Two states: where they stand."""

    pair: str
    level: Level | None  # the highest of the last 30 days that still stands
    tension: float
    usual: float | None  # the mean of the tension before the latest act; None before a month of history
    watching_since: datetime | None
    row_since: datetime | None
    cases: tuple[Case, ...]  # the oldest first


@dataclass(frozen=True, slots=True)
class Casebook:
    """The state of correlate, decoded. `names` maps codes to English names."""

    lives: tuple[Live, ...]  # those that say something, the oldest first
    pairs: Mapping[str, PairState]
    kinds: Kinds
    names: Mapping[str, str]
    policy: Policy
    since: datetime | None = None  # watched since

    def cases(self) -> list[Case]:
        """All incidents, the oldest first."""
        return [case for live in self.lives if (case := self.case(live)) is not None]

    def case(self, live: Live) -> Case | None:
        """One incident as a row; None where no claim is left."""
        seen = view(live, self.kinds, self.policy)
        return None if seen is None else _case(live, seen, self)

    def claims(self, incident: str) -> Sequence[Claim]:
        """What was told of an incident, the oldest first."""
        return next((live.record.claims for live in self.lives if live.record.id == incident), ())

    def row(self, pair: str, since: datetime) -> PairRow:
        """Where the two stand, and what happened since."""
        lives = [live for live in self.lives if _pair_of(live) == pair]
        state = self.pairs.get(pair)
        latest = lives[-1]
        seen = view(latest, self.kinds, self.policy)
        level, tension, usual = None, 0.0, None
        if seen is not None:
            steps = ladder(latest, seen, lives, self.kinds, self.policy, self.since)
            standing = [steps.before] if steps.before else []
            if ending(latest, seen) is None and not self.kinds.by_id[seen.head].deescalates:
                standing.append(seen.claimed)
            level, tension = max(standing, key=lambda one: one.rank, default=None), steps.tension
            usual = steps.usual
        return PairRow(
            pair=pair,
            level=level,
            tension=tension,
            usual=usual,
            watching_since=self.since if usual is None else None,
            row_since=state.row.opened if state and state.row else None,
            cases=tuple(case for live in lives if live.last >= since and (case := self.case(live)) is not None),
        )

    def rows(self, since: datetime) -> list[PairRow]:
        """Pairs in which something happened since then, the highest first."""
        pairs = dict.fromkeys(_pair_of(live) for live in self.lives if live.last >= since)
        rows = [self.row(pair, since) for pair in pairs]
        return sorted(rows, key=lambda row: (-(row.level.rank if row.level else -1), row.tension, row.pair))


def read_casebook(state: Mapping[str, bytes], kinds: Kinds, names: Mapping[str, str], policy: Policy) -> Casebook:
    """From the state of the stage as it was committed. Raises `PoisonRecord`."""
    records = (decode_incident(value) for key, value in state.items() if key.startswith("incident:"))
    pairs = (decode_pair(value) for key, value in state.items() if key.startswith("pair:"))
    lives = sorted(_lives(records, kinds), key=lambda live: (live.first, live.record.id))
    since = decode_watch(state["watch"]).since if "watch" in state else None
    return Casebook(tuple(lives), {pair.pair: pair for pair in pairs}, kinds, names, policy, since)


def brief(book: Casebook, since: datetime) -> list[Case]:
    """What the next shift has to know: what was told, changed or ended since, by level, the latest first."""
    changed = [case for case in book.cases() if case.last >= since and (case.told or case.held)]
    return sorted(changed, key=lambda case: (-case.level.rank, -case.last.timestamp(), case.id))


def _lives(records: Iterable[Incident], kinds: Kinds) -> list[Live]:
    return [Live.of(record, kinds) for record in records if record.claims]


def _pair_of(live: Live) -> str:
    return pair_name(live.record.source, live.record.target)


def _case(live: Live, seen: View, book: Casebook) -> Case:
    record = live.record
    over = ending(live, seen)
    entry = book.kinds.by_id[seen.head]
    claims = list({claim.item: claim for claim in reversed(record.claims)}.values())[::-1]
    return Case(
        id=record.id,
        pair=_pair_of(live),
        source=record.source,
        target=record.target,
        kind=seen.head,
        kinds=seen.kinds,
        cameo=entry.cameo,
        weight=entry.weight,
        level=seen.level,
        scope=seen.scope,
        modality=seen.modality,
        sentence=act_sentence(live, seen, book.kinds, book.names),
        first=live.first,
        first_seen=min(claim.first_seen for claim in claims),
        last=live.last,
        state=over.value if over is not None else "reversed" if record.reversed_by else "open",
        told=record.told is not None and not record.told.held,
        held=record.told.held if record.told else "",
        confirmed=seen.confirmed,
        outlets=tuple(dict.fromkeys(claim.outlet for claim in claims)),
        countries=tuple(sorted({claim.country for claim in claims if claim.country})),
        items=tuple(claim.item for claim in claims),
        links=tuple(claim.url for claim in claims if claim.url),
    )
