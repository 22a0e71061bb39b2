"""What an alert means for each destination: a new message, news about one that was told, a line, or nothing."""

import msgspec

from consumers.notify.gate import Folded, Inside, Kept, Told, gate, is_opening, is_withdrawal
from consumers.notify.letter import DigestKind, Form, Letter, Line
from consumers.notify.news import take_news
from consumers.notify.route import Placed, places
from consumers.notify.rows import note_row
from consumers.notify.state import Gathered, Held, Post
from consumers.notify.storm import count_post
from consumers.notify.turn import Turn, delivery_key, earlier_of, lane_of, plain_key, with_alert
from monitor.message.alert import Alert, Reason
from monitor.message.delivery import DeliveryState


def take_alert(turn: Turn, alert: Alert) -> None:
    """Decide at every destination what becomes of the alert."""
    placed = {one.destination: one for one in places(turn.settings.root, alert, turn.settings.world)}
    for name in turn.settings.destinations:
        posts = turn.ledger.posts_with(name, alert.incident) or _undone(turn, name, alert)
        if any(alert.id in post.told for post in posts) or turn.ledger.is_gathered(name, alert.id):
            turn.fact("alert.repeated", counted=True, destination=name, alert=alert.id)
        elif posts and not is_opening(alert):
            take_news(turn, name, alert, posts)
        elif drop_line(turn, name, alert):
            pass
        elif name in placed:
            _take_new(turn, alert, placed[name])
        elif name not in turn.settings.operator:
            keep(turn, name, alert, Kept("no_route"))
        note_row(turn, name, alert)


def _undone(turn: Turn, name: str, alert: Alert) -> list[Post]:
    """The message of the act that this one takes back: a turn is told wherever that was told."""
    post = turn.ledger.post_of(name, alert.message) if alert.reason is Reason.DE_ESCALATED else None
    return [post] if post is not None else []


def drop_line(turn: Turn, name: str, alert: Alert) -> bool:
    """Change or drop the line of a digest to come that tells of this incident; whether there was one."""
    for kind in DigestKind:
        for held in turn.ledger.lines(name, kind):
            if held.line.alert.incident != alert.incident:
                continue
            turn.ledger.forget(held)
            if is_withdrawal(alert):
                keep(turn, name, alert, Kept("withdrawn_before_told"))
            else:
                line = msgspec.structs.replace(held.line, alert=alert)
                turn.ledger.put(msgspec.structs.replace(held, line=line))
            return True
    return False


def keep(turn: Turn, name: str, alert: Alert, kept: Kept) -> None:
    """Do not tell, and say why."""
    ledger, silence = turn.ledger, kept.silence
    if silence is not None:
        level = max(silence.level or alert.level, alert.level, key=lambda one: one.rank)
        ledger.put(msgspec.structs.replace(silence, held=silence.held + 1, level=level))
    held = Held(
        destination=name,
        alert=alert,
        reason=kept.reason,
        at=turn.now,
        silence=silence.id if silence else "",
    )
    ledger.put(held)
    desk = ledger.desk(name, turn.now)
    ledger.put(msgspec.structs.replace(desk, held={**desk.held, kept.reason: desk.held.get(kept.reason, 0) + 1}))
    turn.fact("alert.held", destination=name, alert=alert.id, incident=alert.incident, reason=kept.reason)
    turn.report(
        delivery_key(alert.id, name), alert.id, name, DeliveryState.HELD, incident=alert.incident, reason=kept.reason
    )


def fold(turn: Turn, name: str, alert: Alert, kind: DigestKind, why: str) -> None:
    """Tell it as a line of the next digest of this kind; where there are no digests, not at all."""
    if kind is DigestKind.DAILY and turn.settings.digest is None:
        keep(turn, name, alert, Kept(why))
        return
    turn.ledger.put(Gathered(destination=name, kind=str(kind), line=Line(alert=alert, why=why), at=turn.now))
    turn.fact("alert.folded", destination=name, alert=alert.id, incident=alert.incident, reason=why, digest=str(kind))


def _take_new(turn: Turn, alert: Alert, placed: Placed) -> None:
    name = placed.destination
    verdict = gate(turn.ledger, turn.settings, alert, placed, turn.now)
    if isinstance(verdict, Told) and _joins(turn, name, alert):
        return
    match verdict:
        case Kept():
            keep(turn, name, alert, verdict)
            return
        case Folded(digest, why):
            fold(turn, name, alert, digest, why)
            if digest is DigestKind.STORM:
                count_post(turn, name, folded=True)
        case Inside(post):
            _tell_inside(turn, name, alert, post.key)
        case Told():
            count_post(turn, name)
            posts = turn.ledger.posts_with(name, alert.incident)
            earlier = earlier_of(posts[-1], alert.incident) if posts else None
            due = turn.now + turn.settings.pace.gather if turn.settings.traits(name).people else turn.now
            post = turn.new_post(name, (alert,), earlier=earlier, via=placed.via, due=due)
            if posts and turn.settings.can_edit(name) and not posts[-1].digest:
                _point_forward(turn, name, alert, posts[-1].key, post.key)
    if (held := turn.ledger.held.get((name, alert.incident))) is not None:
        turn.ledger.forget(held)


def _joins(turn: Turn, name: str, alert: Alert) -> bool:
    """Add the alert to a message that it shares with others, where one was made; whether there was one.

    A destination that can edit gets the message anew. Elsewhere, once it is out, the newcomers share a further one.
    """
    post = turn.ledger.post_of(name, alert.message) if turn.settings.traits(name).people else None
    if post is None or post.digest or any(one.incident == alert.incident for one in post.alerts):
        return False
    waiting = next((one for one in turn.ledger.letters_for(post) if one.letter.form is Form.POST), None)
    if waiting is not None and waiting.attempting is False and not waiting.resent:
        alerts = with_alert(waiting.letter.alerts, alert)
        letter = msgspec.structs.replace(waiting.letter, alerts=alerts)
        turn.ledger.put(msgspec.structs.replace(waiting, letter=letter, covers=(*waiting.covers, alert.id)))
        turn.ledger.put(msgspec.structs.replace(post, alerts=alerts, told=(*post.told, alert.id)))
    elif turn.settings.can_edit(name):
        changed = msgspec.structs.replace(post, alerts=(*post.alerts, alert), told=(*post.told, alert.id))
        turn.ledger.put(changed)
        letter = Letter(key=plain_key(alert.id), form=Form.UPDATE, alerts=changed.alerts)
        turn.queue(name, letter, lane=lane_of(post), post=post.key, covers=(alert.id,))
    else:
        turn.new_post(name, (alert,), due=turn.now + turn.settings.pace.edit_gap)
    turn.fact("alert.joined", destination=name, alert=alert.id, incident=alert.incident, message=alert.message)
    return True


def _tell_inside(turn: Turn, name: str, alert: Alert, key: str) -> None:
    if not turn.settings.can_edit(name):
        fold(turn, name, alert, DigestKind.DAILY, alert.held or "inhibited")
        return
    post = turn.ledger.posts[key]
    turn.ledger.put(msgspec.structs.replace(post, told=(*post.told, alert.id)))
    letter = Letter(key=plain_key(alert.id), form=Form.REPLY, alerts=(alert,))
    turn.queue(name, letter, lane=lane_of(post), post=post.key, covers=(alert.id,))


def _point_forward(turn: Turn, name: str, alert: Alert, old: str, new: str) -> None:
    """One line in the thread of the old message that says where the story goes on."""
    post = turn.ledger.posts[old]
    letter = Letter(key=plain_key(f"{alert.id}:forward"), form=Form.REPLY, alerts=(alert,))
    turn.queue(name, letter, lane=lane_of(post), post=post.key)
