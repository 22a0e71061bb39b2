"""What an operator orders of destinations and deliveries: silences, pauses, retries."""

from datetime import timedelta

import msgspec

from consumers.notify.gate import Kept, matcher
from consumers.notify.intake import keep
from consumers.notify.letter import Form
from consumers.notify.match import parse_match
from consumers.notify.state import Pending, Silence
from consumers.notify.turn import Turn
from monitor.errors import UserError
from monitor.message.delivery import DeliveryState
from monitor.message.kind import Level
from monitor.message.order import Order, OrderKind

DEFAULT_SILENCE = timedelta(hours=24)
KNOWN_SPAN = timedelta(days=7)  # of what was told, for the level that breaks a silence


def take_order(turn: Turn, order: Order) -> None:
    """Carry out one order. One that makes no sense is said in the log and does nothing."""
    turn.fact(
        "order.taken", order=order.id, kind=str(order.kind), subject=order.subject, author=order.author, why=order.why
    )
    match order.kind:
        case OrderKind.SILENCE:
            _silence(turn, order)
        case OrderKind.UNSILENCE:
            _unsilence(turn, order)
        case OrderKind.PAUSE | OrderKind.RESUME:
            _pause(turn, order)
        case OrderKind.RETRY:
            _retry(turn, order)
        case OrderKind.DROP:
            _drop(turn, order)
        case _:
            _useless(turn, order, "not an order for notify")


def _silence(turn: Turn, order: Order) -> None:
    """From now on; what waits and has not been attempted is held too."""
    try:
        match = parse_match(order.match)
    except UserError as why:
        _useless(turn, order, str(why))
        return
    told = [
        alert.level
        for post in turn.ledger.posts.values()
        for alert in post.alerts
        if turn.now - post.at < KNOWN_SPAN and match.matches(alert, turn.settings.world)
    ]
    silence = Silence(
        id=order.subject or order.id,
        match=order.match,
        author=order.author,
        why=order.why,
        at=order.at,
        until=order.until or order.at + DEFAULT_SILENCE,
        level=max(told, key=lambda level: level.rank, default=Level.MEDIUM),
    )
    turn.ledger.put(silence)
    turn.fact("silence.made", silence=silence.id, author=silence.author, until=silence.until.isoformat())
    for pending in list(turn.ledger.pending.values()):
        _hold_waiting(turn, pending, silence)


def _hold_waiting(turn: Turn, pending: Pending, silence: Silence) -> None:
    letter = pending.letter
    if letter.form is not Form.POST or pending.attempting or pending.tries or letter.sample:
        return
    for alert in letter.alerts:
        if silence.level and alert.level.rank > silence.level.rank:
            return
        if not matcher(silence).matches(alert, turn.settings.world):
            return
    turn.ledger.forget(pending)
    if pending.post in turn.ledger.posts:
        turn.ledger.forget(turn.ledger.posts[pending.post])
    for alert in letter.alerts:
        keep(turn, pending.destination, alert, Kept("silenced", turn.ledger.silences[silence.id]))


def _unsilence(turn: Turn, order: Order) -> None:
    silence = turn.ledger.silences.get(order.subject)
    if silence is None:
        _useless(turn, order, "no such silence")
        return
    turn.ledger.forget(silence)
    turn.fact("silence.ended", silence=silence.id, held=silence.held, author=order.author)


def _pause(turn: Turn, order: Order) -> None:
    """One destination, or all where none is named. To resume also takes one back that was disabled."""
    paused = order.kind is OrderKind.PAUSE
    names = [order.subject] if order.subject else list(turn.settings.destinations)
    for name in names:
        if name not in turn.settings.destinations:
            _useless(turn, order, f"no destination {name}")
            continue
        desk = turn.ledger.desk(name, turn.now)
        changed = msgspec.structs.replace(desk, paused=paused)
        if not paused:
            changed = msgspec.structs.replace(
                changed, disabled="", failures=0, open_until=None, wait_until=None, circuits=0, told_trouble=False
            )
        turn.ledger.put(changed)
        turn.fact("destination.paused" if paused else "destination.resumed", destination=name, author=order.author)


def _retry(turn: Turn, order: Order) -> None:
    """A delivery by its key, or every dead one of a destination: from the first try on, at once."""
    found = [dead for key, dead in turn.ledger.dead.items() if order.subject in (key, dead.pending.destination)]
    waiting = [one for key, one in turn.ledger.pending.items() if order.subject in (key, one.destination)]
    if not found and not waiting:
        _useless(turn, order, "no such delivery")
    for dead in sorted(found, key=lambda one: one.pending.number):
        turn.ledger.forget(dead)
        fresh = msgspec.structs.replace(
            dead.pending, tries=0, due=turn.now, at=turn.now, plain=False, number=turn.ledger.next_number()
        )
        turn.ledger.put(fresh)
        turn.fact("delivery.revived", destination=fresh.destination, key=fresh.key, author=order.author)
    for pending in waiting:
        if not pending.attempting:
            turn.ledger.put(msgspec.structs.replace(pending, due=turn.now))


def _drop(turn: Turn, order: Order) -> None:
    key = order.subject
    if key in turn.ledger.dead:
        turn.ledger.forget(turn.ledger.dead[key])
    elif key in turn.ledger.pending:
        pending = turn.ledger.pending[key]
        turn.ledger.forget(pending)
        turn.report_pending(pending, DeliveryState.DROPPED, reason=order.why or "by the operator")
    else:
        _useless(turn, order, "no such delivery")
        return
    turn.fact("delivery.dropped", key=key, author=order.author, why=order.why)


def _useless(turn: Turn, order: Order, why: str) -> None:
    turn.fact("order.useless", level="warning", order=order.id, kind=str(order.kind), why=why)
