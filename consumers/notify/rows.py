"""Rows: repeats stand in the thread of the message that opened the row, with a summary now and then, and an end."""

from datetime import datetime, timedelta

import msgspec

from consumers.notify.gate import row_post
from consumers.notify.ledger import paged
from consumers.notify.letter import Digest, DigestKind, Form, Letter, Line
from consumers.notify.state import Gathered, RowThread
from consumers.notify.turn import Turn, hash_of, lane_of
from monitor.message.alert import Alert

SUMMARY_EVERY = timedelta(hours=12)
_FEW = 1  # a reply that stands alone needs no summary


def note_row(turn: Turn, name: str, alert: Alert) -> None:
    """Remember what the alert means for the row that it is part of, where people were told of that row."""
    if not alert.row or alert.row_until is None or not turn.settings.traits(name).people:
        return
    row = turn.ledger.rows.get((name, alert.row))
    if row is None:
        post = row_post(turn.ledger, name, alert)
        if post is None:
            return
        row = RowThread(destination=name, row=alert.row, latest=alert, post=post.key, until=alert.row_until)
    if alert.held == "in_row" and turn.settings.can_edit(name):
        due = row.summary_at or turn.now + SUMMARY_EVERY
        row = msgspec.structs.replace(row, lines=(*row.lines, Line(alert=alert)), summary_at=due)
    latest = max(row.latest, alert, key=lambda one: one.at)
    turn.ledger.put(msgspec.structs.replace(row, latest=latest, until=max(row.until, alert.row_until)))


def flush_rows(turn: Turn) -> None:
    """Queue the summaries that are due, and say which rows are over."""
    for row in list(turn.ledger.rows.values()):
        if row.destination not in turn.settings.destinations:
            turn.ledger.forget(row)
        elif row.until <= turn.now:
            _end(turn, row)
        elif row.summary_at is not None and row.summary_at <= turn.now:
            _sum_up(turn, row)


def next_row(turn: Turn) -> datetime | None:
    """When there is something to say of a row."""
    times = [at for row in turn.ledger.rows.values() for at in (row.until, row.summary_at) if at is not None]
    return min(times, default=None)


def _sum_up(turn: Turn, row: RowThread) -> None:
    if len(row.lines) > _FEW:
        latest = {line.alert.incident: line for line in row.lines}
        lines = tuple(sorted(latest.values(), key=lambda line: (-line.alert.level.rank, line.alert.at)))
        _say(turn, row, Digest(kind=DigestKind.ROW, lines=lines, total=len(lines), going_on=True))
    turn.ledger.put(msgspec.structs.replace(row, lines=(), summary_at=None))


def _end(turn: Turn, row: RowThread) -> None:
    turn.ledger.forget(row)
    turn.fact("row.ended", destination=row.destination, row=row.row, incident=row.latest.incident)
    if turn.settings.can_edit(row.destination):
        _say(turn, row, Digest(kind=DigestKind.ROW, lines=(Line(alert=row.latest),), total=1))
    elif turn.settings.digest is not None:
        line = Line(alert=row.latest, why="row_over")
        turn.ledger.put(Gathered(destination=row.destination, kind=str(DigestKind.DAILY), line=line, at=turn.now))


def _say(turn: Turn, row: RowThread, digest: Digest) -> None:
    """In the thread of the message that opened the row."""
    post = turn.ledger.posts.get(row.post)
    if post is None:
        return
    key = hash_of(row.destination, row.row, turn.now.isoformat())
    for page in paged(digest, turn.settings.traits(row.destination).page):
        letter = Letter(key=f"r{key}-{page.page}", form=Form.DIGEST, digest=page)
        turn.queue(row.destination, letter, lane=lane_of(post), post=post.key)
