"""Digests: when the lines that were gathered go out, and as which letters."""

from datetime import datetime

import msgspec

from consumers.notify.ledger import paged
from consumers.notify.letter import Digest, DigestKind, Form, Letter, Line
from consumers.notify.rows import flush_rows, next_row
from consumers.notify.state import Desk, Gathered, Post
from consumers.notify.storm import flush_at, is_over
from consumers.notify.turn import Turn, hash_of, lane_of

HEADLINES = 15  # lines of a storm's message that is edited; the rest stands in its thread


def flush(turn: Turn, *, idle: bool) -> None:
    """Queue every digest that is due. `idle`: nothing came in this step."""
    for name in turn.settings.destinations:
        _begin_digests(turn, name)
        desk = turn.ledger.desk(name, turn.now)
        for kind, due in _due(turn, desk, idle=idle):
            if due <= turn.now:
                _send(turn, name, kind)
        _end_storm(turn, name)
        _set_digest_hour(turn, name)
    flush_rows(turn)


def next_flush(turn: Turn) -> datetime | None:
    """When a digest is due next."""
    times = [
        due for name in turn.settings.destinations for _, due in _due(turn, turn.ledger.desk(name, turn.now), idle=True)
    ]
    row = next_row(turn)
    return min(times if row is None else (*times, row), default=None)


def _due(turn: Turn, desk: Desk, *, idle: bool) -> list[tuple[DigestKind, datetime]]:
    """The kinds of digest with lines, and when each goes out."""
    ledger, settings, now = turn.ledger, turn.settings, turn.now
    found: list[tuple[DigestKind, datetime]] = []
    first = ledger.lines(desk.name, DigestKind.FIRST)
    if first:
        times = [one.at for one in first]
        due = min(max(times) + settings.pace.first_quiet, min(times) + settings.pace.first_longest)
        found.append((DigestKind.FIRST, now if settings.once and idle else due))
    if ledger.lines(desk.name, DigestKind.QUIET):
        found.append((DigestKind.QUIET, _quiet_end(turn, desk.name)))
    if ledger.lines(desk.name, DigestKind.DAILY):
        found.append((DigestKind.DAILY, desk.digest_at or now))
    storm = flush_at(turn, desk)
    if storm is not None:
        found.append((DigestKind.STORM, now if settings.once and idle else storm))
    return found


def _quiet_end(turn: Turn, name: str) -> datetime:
    """When the last quiet of those lines is over."""
    quiets = [route.quiet for route in turn.settings.all_routes() if route.quiet is not None]
    ends = [end for quiet in quiets if (end := quiet.ends(turn.now)) is not None]
    return max(ends, default=turn.now)


def _send(turn: Turn, name: str, kind: DigestKind) -> None:
    gathered = turn.ledger.lines(name, kind)
    lines = sorted(gathered, key=_order)
    for one in gathered:
        turn.ledger.forget(one)
    if kind is DigestKind.FIRST and len(lines) == 1:
        turn.new_post(name, (lines[0].line.alert,))  # a digest of one act would only hide it
        return
    desk = turn.ledger.desk(name, turn.now)
    if kind is DigestKind.STORM and turn.settings.can_edit(name):
        _send_storm(turn, desk, tuple(one.line for one in lines))
        return
    held = dict(desk.held) if kind is DigestKind.DAILY else {}
    digest = Digest(kind=kind, lines=tuple(one.line for one in lines), total=len(lines), held=held)
    key = hash_of(name, kind, *(one.line.alert.id for one in lines))
    _queue_pages(turn, name, digest, key)
    if kind is DigestKind.DAILY:
        turn.ledger.put(msgspec.structs.replace(turn.ledger.desk(name, turn.now), held={}))
    if kind is DigestKind.STORM:
        desk = turn.ledger.desk(name, turn.now)
        turn.ledger.put(msgspec.structs.replace(desk, storm_told_at=turn.now))


def _order(one: Gathered) -> tuple[int, str, datetime]:
    """Highest first, by pair, the oldest first."""
    alert = one.line.alert
    pair = "-".join(sorted(code or "" for code in (alert.source, alert.target)))
    return (-alert.level.rank, pair, alert.at)


def _queue_pages(turn: Turn, name: str, digest: Digest, key: str, *, root: Post | None = None) -> None:
    """One letter for each page; below `root` where that is given."""
    for page in paged(digest, turn.settings.traits(name).page):
        letter = Letter(key=f"d{key}-{page.page}", form=Form.DIGEST, digest=page)
        covers = tuple(line.alert.id for line in page.lines)
        if root is not None:
            turn.queue(name, letter, lane=lane_of(root), post=root.key, covers=covers)
            continue
        post = _digest_post(turn, name, letter.key, page.lines)
        turn.queue(name, letter, lane=lane_of(post), post=post.key, covers=covers)


def _digest_post(turn: Turn, name: str, key: str, lines: tuple[Line, ...]) -> Post:
    post = Post(
        key=f"{key}@{name}",
        destination=name,
        message="",
        alerts=tuple(line.alert for line in lines),
        told=tuple(line.alert.id for line in lines),
        at=turn.now,
        digest=True,
    )
    turn.ledger.put(post)
    return post


def _send_storm(turn: Turn, desk: Desk, lines: tuple[Line, ...]) -> None:
    """One message that is edited while the storm lasts, with the highest lines; all lines stand in its thread."""
    name, root = desk.name, turn.ledger.posts.get(desk.storm_post)
    known = tuple(Line(alert=alert) for alert in root.alerts) if root else ()
    every = tuple(sorted((*known, *lines), key=lambda line: (-line.alert.level.rank, line.alert.at)))
    top = Digest(kind=DigestKind.STORM, lines=every[:HEADLINES], total=len(every), going_on=True)
    key = hash_of(name, "storm", desk.storm_since, len(every))
    if root is None:
        root = _digest_post(turn, name, f"d{key}", every)
        letter = Letter(key=f"d{key}", form=Form.DIGEST, digest=top)
        shown = tuple(line.alert.id for line in every[:HEADLINES])
        turn.queue(name, letter, lane=lane_of(root), post=root.key, covers=shown)
        rest = every[HEADLINES:]
    else:
        ids = tuple(line.alert.id for line in every)
        turn.ledger.put(msgspec.structs.replace(root, alerts=tuple(line.alert for line in every), told=ids))
        letter = Letter(key=f"d{key}-edit", form=Form.UPDATE, digest=top)
        turn.queue(name, letter, lane=lane_of(root), post=root.key)
        rest = lines
    if rest:
        _queue_pages(turn, name, Digest(kind=DigestKind.STORM, lines=rest, total=len(rest)), key, root=root)
    desk = turn.ledger.desk(name, turn.now)
    turn.ledger.put(msgspec.structs.replace(desk, storm_post=root.key, storm_told_at=turn.now))


def _end_storm(turn: Turn, name: str) -> None:
    desk, storm = turn.ledger.desk(name, turn.now), turn.settings.storm_at(name)
    if desk.storm_since is None or turn.ledger.lines(name, DigestKind.STORM):
        return
    if storm is not None and not is_over(desk, storm, turn.now):
        return
    turn.ledger.put(msgspec.structs.replace(desk, storm_since=None, storm_post="", storm_told_at=None, posts=()))
    turn.fact("storm.ended", destination=name)


def _begin_digests(turn: Turn, name: str) -> None:
    desk, hours = turn.ledger.desk(name, turn.now), turn.settings.digest
    if hours is not None and desk.digest_at is None:
        turn.ledger.put(msgspec.structs.replace(desk, digest_at=hours.after(turn.now)))


def _set_digest_hour(turn: Turn, name: str) -> None:
    desk, hours = turn.ledger.desk(name, turn.now), turn.settings.digest
    if hours is not None and desk.digest_at is not None and desk.digest_at <= turn.now:
        turn.ledger.put(msgspec.structs.replace(desk, digest_at=hours.after(turn.now)))
