"""Where two states stand: the level of the last weeks, the chain that led there, the tension against what is usual."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

from consumers.correlate.live import Live
from consumers.correlate.policy import Policy
from consumers.correlate.view import View, ending, view
from monitor.message.kind import Kinds, Level, Modality


@dataclass(frozen=True, slots=True)
class Rung:
    """One incident of the pair, as the ladder counts it."""

    live: Live
    seen: View


@dataclass(frozen=True, slots=True)
class Ladder:
    """The pair as an incident finds it. `before`: the highest level of the last weeks, None where nothing was."""

    before: Level | None
    chain: tuple[Rung, ...]  # the incidents that stand, the oldest first
    tension: float  # weights of the last weeks with decay, this incident included; below zero is worse
    usual: float | None  # the mean of that before this incident; None while too little is known
    answers: Live | None  # the latest act of the other side that this one can be an answer to
    quiet: timedelta | None  # since the last act of this kind in this direction

    def climbs(self, level: Level) -> bool:
        """Whether an act of this level rises above all that stands."""
        return self.before is not None and level.rank > self.before.rank


def ladder(
    live: Live, seen: View, pair: Iterable[Live], kinds: Kinds, policy: Policy, watched: datetime | None
) -> Ladder:
    """The ladder that `live` steps on; `pair` holds the incidents of the two, both ways, `watched` since when."""
    since = live.first - policy.ladder
    standing: list[Rung] = []
    before: list[tuple[datetime, float]] = []
    tension = kinds.by_id[seen.head].weight
    answers: Live | None = None
    last_same: datetime | None = None
    for other in pair:
        if other is live or not other.acts or (other.first, other.record.id) >= (live.first, live.record.id):
            continue
        if other.record.source == live.record.source and seen.head in other.acts:
            last_same = max(other.first, last_same or other.first)
        theirs = view(other, kinds, policy)
        if theirs is None or ending(other, theirs) is not None:
            continue
        before.append((other.first, kinds.by_id[theirs.head].weight))
        if other.first < since:
            continue
        tension += kinds.by_id[theirs.head].weight * 0.5 ** ((live.first - other.first) / policy.half_life)
        if theirs.claimed.rank < Level.MEDIUM.rank or kinds.by_id[theirs.head].deescalates:
            continue
        if other.record.source == live.record.target and (answers is None or other.first > answers.first):
            answers = other
        if not kinds.by_id[theirs.head].site:
            standing.append(Rung(other, theirs))
    standing.sort(key=lambda rung: (rung.live.first, rung.live.record.id))
    return Ladder(
        before=max((rung.seen.claimed for rung in standing), key=lambda one: one.rank, default=None),
        chain=tuple(standing),
        tension=round(tension, 1),
        usual=_usual(before, live.first, watched, policy),
        answers=answers,
        quiet=None if last_same is None else live.first - last_same,
    )


def _usual(
    acts: Iterable[tuple[datetime, float]], until: datetime, watched: datetime | None, policy: Policy
) -> float | None:
    """The mean of the tension from when it was watched, at most as long as incidents are kept, until then.

    A weight w that decays by half in h adds w * h / ln 2 * (share left at the beginning - share left at the end).
    """
    if watched is None or until - watched < policy.usual_after:
        return None
    start = max(watched, until - policy.keep)

    def left(first: datetime, at: datetime) -> float:
        share: float = 0.5 ** (max(at - first, timedelta(0)) / policy.half_life)
        return share

    area = sum(weight * (left(first, start) - left(first, until)) for first, weight in acts)
    return round(area * (policy.half_life / (until - start)) / log(2), 1) + 0.0


def has_answered(live: Live, pair: Iterable[Live], since: datetime) -> bool:
    """Whether the other side did something to this one's source since then."""
    return any(
        other.record.source == live.record.target
        and other.record.target == live.record.source
        and since <= other.first <= live.last
        and any(
            act.modality is Modality.OCCURRED and other.kinds.by_id[act.kind].weight < 0 for act in other.acts.values()
        )
        for other in pair
    )
