"""Whether a destination is told of an alert by a post, by a line of a digest, or not at all, and why. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from consumers.notify.ledger import Ledger
from consumers.notify.letter import DigestKind
from consumers.notify.match import Match, parse_match
from consumers.notify.route import Placed
from consumers.notify.settings import NotifySettings, Storm
from consumers.notify.state import Desk, Post, Silence
from monitor.message.alert import Alert, Reason
from monitor.message.kind import Level, Modality

FIRST_SPAN = timedelta(hours=24)  # of the digest at the first run


@dataclass(frozen=True, slots=True)
class Told:
    """As a message of its own."""


@dataclass(frozen=True, slots=True)
class Folded:
    """As a line of a digest."""

    digest: DigestKind
    why: str


@dataclass(frozen=True, slots=True)
class Inside:
    """In the thread of a message that was told, where the destination has threads; else in the digest."""

    post: Post


@dataclass(frozen=True, slots=True)
class Kept:
    """Not told. `silence` is the one that holds it."""

    reason: str
    silence: Silence | None = None


Verdict = Told | Folded | Inside | Kept


def is_withdrawal(alert: Alert) -> bool:
    """What was told is no longer so."""
    return alert.reason in (Reason.CORRECTED, Reason.RETRACTED) or alert.modality is Modality.DENIED


def gate(ledger: Ledger, settings: NotifySettings, alert: Alert, placed: Placed, now: datetime) -> Verdict:
    """The verdict on an alert of an incident that this destination has not been told of, or that climbed."""
    name = placed.destination
    if is_withdrawal(alert):
        return Kept("not_told")
    if alert.modality not in (Modality.OCCURRED, Modality.PLANNED):
        return Kept("modality")
    if now - alert.at > (FIRST_SPAN if alert.first_sight else settings.pace.stale):
        return Kept("stale_item")
    if alert.level.rank < lowest(settings, placed).rank:
        return Kept("below_level")
    if not is_opening(alert) and not was_held(ledger, name, alert):
        return Kept("not_told")
    silence = holding(ledger, settings, alert, now)
    if silence is not None:
        return Kept("silenced", silence)
    if alert.first_sight:
        return Folded(DigestKind.FIRST, "first_sight")
    return _readable(ledger, settings, alert, placed, now)


def _readable(ledger: Ledger, settings: NotifySettings, alert: Alert, placed: Placed, now: datetime) -> Verdict:
    """What keeps a destination that people read readable. Machines get everything."""
    name = placed.destination
    people = settings.traits(name).people
    if placed.digest:
        return Folded(DigestKind.DAILY, "route")
    if placed.quiet and placed.quiet.ends(now) and alert.level.rank < placed.quiet.breaks.rank:
        return Folded(DigestKind.QUIET, "quiet_hours")
    if people and alert.held:
        row = row_post(ledger, name, alert)
        return Inside(row) if row is not None else Folded(DigestKind.DAILY, alert.held)
    live = _live(ledger, settings, alert, name, now) if people else None
    if live is not None:
        return Inside(live)
    desk = ledger.desk(name, now)
    if is_capped(desk, settings, alert, now):
        return Folded(DigestKind.DAILY, "daily_cap")
    storm = settings.storm_at(name)
    if storm is not None and is_stormy(desk, storm, alert.level, now):
        return Folded(DigestKind.STORM, "storm_folded")
    return Told()


def lowest(settings: NotifySettings, placed: Placed) -> Level:
    """The level below which this destination is not told."""
    own = settings.destinations[placed.destination].minimum_level
    return placed.minimum_level or own or settings.minimum_level


def is_opening(alert: Alert) -> bool:
    """It asks for a message of its own: a new act, a climb, or an ease in the middle of a row."""
    return alert.reason in (Reason.FIRST, Reason.ESCALATED) or is_easing(alert)


def is_easing(alert: Alert) -> bool:
    """The two of a row talk, agree, apologise: it takes back nothing that was told."""
    return alert.reason is Reason.DE_ESCALATED and "eased" in alert.changed


def was_held(ledger: Ledger, name: str, alert: Alert) -> bool:
    """It was held for a reason that may have passed since: its level, a route, a silence."""
    held = ledger.held.get((name, alert.incident))
    return held is not None and held.reason in ("below_level", "no_route", "silenced")


def holding(ledger: Ledger, settings: NotifySettings, alert: Alert, now: datetime) -> Silence | None:
    """The silence that holds this alert; none holds what rises above the level it knows."""
    for silence in ledger.silences.values():
        if now >= silence.until or (silence.level and alert.level.rank > silence.level.rank):
            continue
        if matcher(silence).matches(alert, settings.world):
            return silence
    return None


def row_post(ledger: Ledger, name: str, alert: Alert) -> Post | None:
    """The message that opened the row which this alert is part of."""
    if not alert.row:
        return None
    posts = (post for post in ledger.posts.values() if post.destination == name and not post.digest)
    return next((post for post in posts if any(one.row == alert.row and one.row_opens for one in post.alerts)), None)


def matcher(silence: Silence) -> Match:
    """What the silence speaks of; it was checked when it was made."""
    return parse_match(silence.match)


def is_capped(desk: Desk, settings: NotifySettings, alert: Alert, now: datetime) -> bool:
    """The day's posts are used up, and the act is not of those that always get through."""
    cap = settings.cap_at(desk.name)
    if cap is None or settings.never_capped & {alert.kind, *alert.kinds} or alert.level is Level.CRITICAL:
        return False
    return desk.day == day_of(settings, now) and desk.today >= cap


def day_of(settings: NotifySettings, now: datetime) -> str:
    """The day that the cap counts in, in the digest's zone."""
    return now.astimezone(ZoneInfo(settings.digest.zone if settings.digest else "UTC")).date().isoformat()


def is_stormy(desk: Desk, storm: Storm, level: Level, now: datetime) -> bool:
    """As many as are allowed have come in the span already; twice as many for what is critical."""
    posts = storm.posts * (2 if level is Level.CRITICAL else 1)
    return len(desk.posts) >= posts and now - desk.posts[-posts] < storm.span


def _live(ledger: Ledger, settings: NotifySettings, alert: Alert, name: str, now: datetime) -> Post | None:
    """The message of a live act of the same pair that this one belongs inside."""
    pair = {alert.source, alert.target}
    for rule in settings.inhibitions:
        if not rule.inside.matches(alert, settings.world):
            continue
        for post in reversed(ledger.posts.values()):
            if post.destination != name or post.digest or now - post.at > rule.span:
                continue
            if any({one.source, one.target} == pair and rule.live.matches(one, settings.world) for one in post.alerts):
                return post
    return None
