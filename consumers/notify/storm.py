"""Storms: when a destination would get too many messages, they fold into one digest until it is calm again."""

from datetime import datetime, timedelta

import msgspec

from consumers.notify.gate import day_of
from consumers.notify.letter import DigestKind
from consumers.notify.settings import Storm
from consumers.notify.state import Desk
from consumers.notify.turn import Turn

FIRST_FLUSH = timedelta(seconds=60)  # after a storm began


def count_post(turn: Turn, name: str, *, folded: bool = False) -> None:
    """Note that a message was queued or folded; it counts for the storm, and a queued one for the day."""
    settings, now = turn.settings, turn.now
    desk, storm = turn.ledger.desk(name, now), settings.storm_at(name)
    day = day_of(settings, now)
    today = (desk.today if desk.day == day else 0) + (not folded)
    posts = (*desk.posts, now)[-2 * storm.posts :] if storm else ()
    began = folded and desk.storm_since is None
    since = now if began else desk.storm_since
    turn.ledger.put(msgspec.structs.replace(desk, posts=posts, storm_since=since, day=day, today=today))
    if began:
        turn.fact("storm.began", level="warning", destination=name, posts=storm.posts if storm else 0)


def is_over(desk: Desk, storm: Storm, now: datetime) -> bool:
    """Fewer have come within the span than a storm takes."""
    return len(desk.posts) < storm.posts or now - desk.posts[-storm.posts] >= storm.span


def flush_at(turn: Turn, desk: Desk) -> datetime | None:
    """When the folded lines go out: a minute after the storm began, then once in each span; edits each minute."""
    if not turn.ledger.lines(desk.name, DigestKind.STORM):
        return None
    if desk.storm_told_at is None:
        return (desk.storm_since or turn.now) + FIRST_FLUSH
    storm = turn.settings.storm_at(desk.name)
    gap = FIRST_FLUSH if turn.settings.can_edit(desk.name) or storm is None else storm.span
    return desk.storm_told_at + gap
