"""What a pair does all the time: routine, and rows. It is not held from the digest, only from the channel."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import structs

from consumers.correlate.ladder import has_answered
from consumers.correlate.live import Live
from consumers.correlate.policy import Policy
from consumers.correlate.view import View, view
from monitor.message.incident import PairState, Row
from monitor.message.kind import Kinds, Level, Scope


def is_routine(live: Live, seen: View, pair: list[Live], kinds: Kinds, policy: Policy) -> bool:
    """What a source has done to the same target twice in 30 days at this level or above, and no answer came.

    Acts between missions are never routine; nor is a wider scope, or a kind beside that is new.
    """
    if seen.head not in policy.routine_kinds or kinds.by_id[seen.head].envoy:
        return False
    since = live.first - policy.routine_span
    alike: list[Live] = []
    kinds_before: set[str] = set()
    for other in pair:
        if other is live or other.record.source != live.record.source or not since <= other.first <= live.first:
            continue
        theirs = view(other, kinds, policy)
        if theirs is None or other.record.told is None:
            continue
        kinds_before |= other.acts.keys()
        wide_enough = seen.scope is not Scope.MEASURE or theirs.scope is Scope.MEASURE
        if theirs.head == seen.head and theirs.claimed.rank >= seen.claimed.rank and wide_enough:
            alike.append(other)
    if len(alike) < policy.routine_count or not set(seen.kinds) <= kinds_before:
        return False
    return not has_answered(live, pair, max(other.first for other in alike))


def is_inhibited(live: Live, seen: View, pair: list[Live], policy: Policy) -> bool:
    """Words below medium stay inside a grave act of the pair that was told in the last days."""
    if seen.claimed.rank >= Level.MEDIUM.rank:
        return False
    return any(
        other is not live
        and other.record.told is not None
        and other.record.told.claimed.rank >= Level.HIGH.rank
        and abs(live.first - other.first) <= policy.fresh
        for other in pair
    )


def row_of(state: PairState | None, at: datetime, policy: Policy) -> Row | None:
    """The row that the pair is in at that time."""
    row = state.row if state else None
    return row if row is not None and abs(at - row.last) <= policy.row_span else None


def stays_in_row(row: Row | None, seen: View, policy: Policy, kinds: Kinds) -> bool:
    """Repeats of words stay in the row's thread; a kind new to it, or a level above its peak, breaks through."""
    if row is None or any(kinds.by_id[kind].envoy for kind in seen.kinds):
        return False
    return seen.head in policy.row_kinds and set(seen.kinds) <= set(row.kinds) and seen.level.rank <= row.peak.rank


def after_post(
    state: PairState, incident: str, seen: View, at: datetime, earlier: list[View], policy: Policy
) -> PairState:
    """The pair after one more post; the fourth in a week opens a row. `earlier`: what was posted in that week."""
    posts = tuple(sorted((*(post for post in state.posts if abs(at - post) <= policy.row_span), at)))
    row = row_of(state, at, policy)
    if row is not None:
        row = structs.replace(
            row,
            last=max(at, row.last),
            peak=_peak([seen.level, row.peak]),
            kinds=_once([*row.kinds, *seen.kinds]),
        )
    elif len(posts) >= policy.row_posts:
        views = [*earlier, seen]
        kinds = _once([kind for one in views for kind in one.kinds])
        row = Row(id=f"row_{incident}", opened=at, last=at, peak=_peak([one.level for one in views]), kinds=kinds)
    return PairState(pair=state.pair, since=state.since, posts=posts, row=row)


def after_repeat(state: PairState, at: datetime, policy: Policy) -> PairState:
    """The pair after one more repeat in its row, which lasts the longer for it."""
    row = row_of(state, at, policy)
    if row is None:
        return state
    return structs.replace(state, row=structs.replace(row, last=max(at, row.last)))


def _peak(levels: list[Level]) -> Level:
    return max(levels, key=lambda level: level.rank)


def _once(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kinds))
