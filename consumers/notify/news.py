"""News about an incident that a destination was told of: an edit, a reply, an event, a withdrawal."""

from collections.abc import Sequence

import msgspec

from consumers.notify.channel import Tells
from consumers.notify.gate import is_withdrawal
from consumers.notify.letter import DigestKind, Form, Letter, Line
from consumers.notify.state import Gathered, Pending, Post
from consumers.notify.turn import Turn, delivery_key, earlier_of, lane_of, plain_key, with_alert
from monitor.message.alert import Alert, Reason
from monitor.message.delivery import DeliveryState
from monitor.message.kind import Level


def take_news(turn: Turn, name: str, alert: Alert, posts: Sequence[Post]) -> None:
    """What was told of in `posts`, the oldest first, has changed."""
    undone = alert.reason is Reason.DE_ESCALATED
    if alert.held and posts[-1].digest and turn.settings.digest is not None and turn.settings.traits(name).people:
        note = str(alert.reason) if undone or is_withdrawal(alert) else ""
        _line(turn, name, alert, posts[-1], note)
    elif is_withdrawal(alert):
        _withdraw(turn, name, alert, posts)
    elif posts[-1].digest and turn.settings.traits(name).people:
        if undone:
            _tell(turn, name, alert, posts[-1], Form.CORRECTION)
        else:
            _hold(turn, name, alert, "told_in_digest")
    elif turn.settings.tells(name) is Tells.EDITS:
        _edit(turn, name, alert, posts[-1])
    elif turn.settings.tells(name) is Tells.EVENTS:
        _event(turn, name, alert, posts[-1])
    elif undone:
        _tell(turn, name, alert, posts[-1], Form.CORRECTION)
    else:
        _once(turn, name, alert, posts[-1])


def _withdraw(turn: Turn, name: str, alert: Alert, posts: Sequence[Post]) -> None:
    """Tell it wherever it was told; take back what has not gone out. No level, silence or storm holds this."""
    told = [post for post in posts if not _take_back(turn, name, alert, post)]
    for post in told[-1:]:
        if turn.settings.tells(name) is Tells.EDITS and not post.digest:
            _rewrite(turn, name, alert, post)
        _tell(turn, name, alert, post, Form.CORRECTION)
    for post in told[:-1]:
        if turn.settings.tells(name) is Tells.EDITS and not post.digest:
            _rewrite(turn, name, alert, post)
        turn.ledger.put(_told(post, alert, withdrawn=True))


def _take_back(turn: Turn, name: str, alert: Alert, post: Post) -> bool:
    """Where the message certainly has not gone out, take the incident from it; whether that was so."""
    if post.sent:
        return False
    making = (Form.POST, Form.DIGEST)
    letter = next((one for one in turn.ledger.letters_for(post) if one.letter.form in making), None)
    if letter is None:  # it was refused for good, or dropped
        _hold(turn, name, alert, "not_told")
        return True
    if letter.attempting or letter.resent or letter.letter.digest:
        return False
    left = tuple(one for one in letter.letter.alerts if one.incident != alert.incident)
    for waiting in list(turn.ledger.letters_for(post)):
        if not left or waiting.letter.alerts[0].incident == alert.incident:
            turn.ledger.forget(waiting)
            turn.report_pending(waiting, DeliveryState.DROPPED, reason=f"{alert.reason} before it was sent")
    if left:
        kept = msgspec.structs.replace(letter.letter, alerts=left)
        ids = tuple(one.id for one in left)
        turn.ledger.put(msgspec.structs.replace(letter, letter=kept, covers=ids))
        turn.ledger.forget(post)
        turn.ledger.put(msgspec.structs.replace(post, alerts=left, told=ids))
    else:
        turn.ledger.forget(post)
    _hold(turn, name, alert, "withdrawn_before_told")
    return True


def _tell(turn: Turn, name: str, alert: Alert, post: Post, form: Form) -> None:
    """A message of its own that names the first; in the thread of it, where there are threads."""
    letter = Letter(key=plain_key(alert.id), form=form, alerts=(alert,), earlier=earlier_of(post, alert.incident))
    turn.queue(name, letter, lane=lane_of(post), post=post.key, covers=(alert.id,))
    turn.ledger.put(_told(post, alert, withdrawn=form is Form.CORRECTION))


def _rewrite(turn: Turn, name: str, alert: Alert, post: Post) -> None:
    """Edit the message so that it says the withdrawal itself."""
    key = plain_key(f"{alert.id}:edit:{post.key}")
    letter = Letter(key=key, form=Form.UPDATE, alerts=(alert,), earlier=earlier_of(post, alert.incident))
    turn.queue(name, letter, lane=lane_of(post), post=post.key)


def _edit(turn: Turn, name: str, alert: Alert, post: Post) -> None:
    """Edit the message, and reply where there is a new fact."""
    changed = _told(post, alert)
    new_fact = alert.reason is not Reason.CORROBORATED
    waiting = _unsent(turn, post)
    if waiting is not None and not (new_fact and waiting.letter.form is not Form.POST):
        letter = msgspec.structs.replace(waiting.letter, alerts=changed.alerts)
        turn.ledger.put(msgspec.structs.replace(waiting, letter=letter, covers=(*waiting.covers, alert.id)))
        turn.ledger.put(changed)
        return
    due = turn.now
    if not new_fact and post.edited_at is not None:
        due = max(due, post.edited_at + turn.settings.pace.edit_gap)
    turn.ledger.put(msgspec.structs.replace(changed, edited_at=due))
    edit = Letter(key=plain_key(f"{alert.id}:edit" if new_fact else alert.id), form=Form.UPDATE, alerts=changed.alerts)
    covers = () if new_fact else (alert.id,)
    turn.queue(name, edit, lane=lane_of(post), post=post.key, due=due, covers=covers)
    if new_fact:
        reply = Letter(key=plain_key(alert.id), form=Form.REPLY, alerts=(alert,))
        turn.queue(name, reply, lane=lane_of(post), post=post.key, covers=(alert.id,))


def _unsent(turn: Turn, post: Post) -> Pending | None:
    """A letter for this post that can still take in what is new."""
    forms = (Form.POST, Form.UPDATE)
    waiting = (one for one in turn.ledger.letters_for(post) if one.letter.form in forms and one.letter.earlier is None)
    return next((one for one in waiting if not one.attempting and not one.resent), None)


def _event(turn: Turn, name: str, alert: Alert, post: Post) -> None:
    letter = Letter(key=plain_key(alert.id), form=Form.UPDATE, alerts=(alert,))
    turn.queue(name, letter, lane=lane_of(post), post=post.key, covers=(alert.id,))
    turn.ledger.put(_told(post, alert))


def _once(turn: Turn, name: str, alert: Alert, post: Post) -> None:
    """Where nothing can be edited, only what changes how the first message is to be read is worth a second."""
    waiting = _unsent(turn, post)
    if waiting is not None:
        alerts = with_alert(waiting.letter.alerts, alert)
        letter = msgspec.structs.replace(waiting.letter, alerts=alerts)
        turn.ledger.put(msgspec.structs.replace(waiting, letter=letter, covers=(*waiting.covers, alert.id)))
        changed = _told(post, alert)
        turn.ledger.put(msgspec.structs.replace(changed, unconfirmed=not changed.alerts[0].confirmed))
    elif alert.confirmed and post.unconfirmed and alert.level.rank >= Level.HIGH.rank:
        letter = Letter(key=plain_key(alert.id), form=Form.CONFIRMED, alerts=(alert,))
        letter = msgspec.structs.replace(letter, earlier=earlier_of(post, alert.incident))
        turn.queue(name, letter, lane=lane_of(post), post=post.key, covers=(alert.id,))
        turn.ledger.put(msgspec.structs.replace(_told(post, alert), unconfirmed=False))
    elif alert.reason is Reason.NEW_DETAIL and turn.settings.digest is not None:
        _line(turn, name, alert, post, ", ".join(alert.changed[:3]))
    else:
        turn.ledger.put(_told(post, alert))
        _hold(turn, name, alert, "cannot_edit")


def _line(turn: Turn, name: str, alert: Alert, post: Post, note: str) -> None:
    """Tell it in the next digest."""
    line = Line(alert=alert, why=alert.held or "new_detail", note=note)
    turn.ledger.put(Gathered(destination=name, kind=str(DigestKind.DAILY), line=line, at=turn.now))
    turn.ledger.put(_told(post, alert))
    turn.fact("alert.folded", destination=name, alert=alert.id, incident=alert.incident, reason=line.why)


def _hold(turn: Turn, name: str, alert: Alert, reason: str) -> None:
    key = delivery_key(alert.id, name)
    turn.report(key, alert.id, name, DeliveryState.HELD, incident=alert.incident, reason=reason)
    turn.fact("alert.held", destination=name, alert=alert.id, incident=alert.incident, reason=reason)


def _is_of(post: Post, alert: Alert) -> bool:
    return any(one.incident == alert.incident for one in post.alerts)


def _told(post: Post, alert: Alert, *, withdrawn: bool = False) -> Post:
    """The post with the newest state of the incident."""
    return msgspec.structs.replace(
        post,
        alerts=with_alert(post.alerts, alert) if _is_of(post, alert) else post.alerts,
        told=(*post.told, alert.id),
        # an act that takes this one back is no part of the message, only told where it was
        withdrawn=tuple({*post.withdrawn, alert.incident}) if withdrawn else post.withdrawn,
    )
