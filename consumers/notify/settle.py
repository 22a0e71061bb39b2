"""What an attempt's outcome means for the letter and for its destination."""

from datetime import timedelta

import msgspec

from consumers.notify import desk as desks
from consumers.notify.dispatch import Attempted
from consumers.notify.exchange import Outcome, Verdict
from consumers.notify.letter import Form
from consumers.notify.retry import clamped, delay
from consumers.notify.state import Dead, Desk, Pending
from consumers.notify.turn import Turn
from monitor.message.delivery import DeliveryState

TOLD_AGAIN = timedelta(hours=24)  # the operator hears of the same refusal no sooner


def settle(turn: Turn, result: Attempted) -> None:
    """Take in one outcome. One that is not of the attempt under way is of a share that was lost, and is dropped."""
    pending = turn.ledger.pending.get(result.attempt.key)
    if pending is None or pending.tries != result.attempt.number:
        turn.fact("delivery.outdated", counted=True, key=result.attempt.key)
        return
    pending = msgspec.structs.replace(pending, attempting=False, answer=_said(result.outcome))
    if result.outcome.verdict is not Verdict.ACCEPTED and pending.destination not in turn.settings.destinations:
        bury(turn, pending, "its destination was taken from the settings meanwhile")
        return
    match result.outcome.verdict:
        case Verdict.ACCEPTED:
            _accepted(turn, pending, result.outcome)
        case Verdict.RETRY:
            _failed(turn, pending, result.outcome)
        case Verdict.THROTTLED:
            _throttled(turn, pending, result.outcome)
        case Verdict.PAYLOAD if not pending.plain:
            _again(turn, msgspec.structs.replace(pending, plain=True), result.outcome)
        case Verdict.NO_PARENT if _has_ref(turn, pending):
            _forget_ref(turn, pending)
            _again(turn, pending, result.outcome)
        case Verdict.GONE:
            _gone(turn, pending, result.outcome)
        case _:
            _refused(turn, pending, result.outcome)


def bury(turn: Turn, pending: Pending, reason: str) -> None:
    """Give a letter up, and keep it where the operator finds it."""
    turn.ledger.forget(pending)
    turn.ledger.put(Dead(pending=pending, reason=reason, at=turn.now))
    turn.report_pending(pending, DeliveryState.DEAD, reason=reason)
    turn.fact(
        "delivery.dead",
        level="error",
        destination=pending.destination,
        alerts=list(pending.covers),
        key=pending.key,
        tries=pending.tries,
        reason=reason,
        answer=pending.answer,
    )


def is_too_old(turn: Turn, pending: Pending) -> bool:
    """Whether, at its next try, the letter would be older than its level allows."""
    letter = pending.letter
    limit = turn.settings.pace.age_limits[letter.level]
    if letter.form in (Form.CORRECTION, Form.NOTICE):
        limit = max(turn.settings.pace.age_limits.values())
    return pending.due - pending.at > limit


def _accepted(turn: Turn, pending: Pending, outcome: Outcome) -> None:
    ledger = turn.ledger
    ledger.forget(pending)
    post = ledger.posts.get(pending.post)
    if post is not None:
        makes = pending.letter.form in (Form.POST, Form.DIGEST) and not post.sent
        ref = outcome.ref if outcome.ref and (makes or post.ref is None) else post.ref
        ledger.put(msgspec.structs.replace(post, sent=True, ref=ref, at=turn.now if makes else post.at))
    _recovered(turn, pending.destination)
    turn.report_pending(pending, DeliveryState.DELIVERED)
    turn.fact(
        "delivery.delivered",
        destination=pending.destination,
        form=str(pending.letter.form),
        alerts=list(pending.covers),
        incidents=[alert.incident for alert in pending.letter.alerts],
        key=pending.key,
        tries=pending.tries,
        resent=pending.resent,
    )


def _failed(turn: Turn, pending: Pending, outcome: Outcome) -> None:
    """It may pass: try again later, and count it against the destination."""
    wait = delay(pending.tries, pending.key, turn.settings.pace.schedule)
    desk, opened = desks.failed(turn.ledger.desk(pending.destination, turn.now), turn.now)
    if outcome.retry_after is not None:
        asked = clamped(outcome.retry_after, pending.key)
        wait = max(wait, asked)
        desk = msgspec.structs.replace(desk, wait_until=turn.now + asked)
    turn.ledger.put(desk)
    _later(turn, pending, outcome, wait)
    if opened:
        _circuit_opened(turn, desk, outcome)


def _throttled(turn: Turn, pending: Pending, outcome: Outcome) -> None:
    """Too fast for the whole destination: all of it waits as long as it asked for."""
    desk = turn.ledger.desk(pending.destination, turn.now)
    if outcome.retry_after is not None:
        wait = clamped(outcome.retry_after, pending.key)
    else:
        wait = delay(pending.tries, pending.key, turn.settings.pace.schedule)
    turn.ledger.put(msgspec.structs.replace(desk, wait_until=turn.now + wait))
    turn.fact(
        "destination.throttled",
        level="warning",
        destination=desk.name,
        asked=outcome.retry_after,
        waits=round(wait.total_seconds(), 3),
    )
    _later(turn, pending, outcome, wait)


def _later(turn: Turn, pending: Pending, outcome: Outcome, wait: timedelta) -> None:
    pending = msgspec.structs.replace(pending, due=turn.now + wait, resent=pending.resent or outcome.ambiguous)
    if is_too_old(turn, pending):
        bury(turn, pending, f"too_old: {outcome.reason}")
        return
    turn.ledger.put(pending)
    turn.report_pending(pending, DeliveryState.RETRYING, reason=outcome.reason, next_try=pending.due)
    turn.fact(
        "delivery.retrying",
        level="warning",
        destination=pending.destination,
        alerts=list(pending.covers),
        key=pending.key,
        tries=pending.tries,
        reason=outcome.reason,
        next_try=pending.due.isoformat(),
        asked=outcome.retry_after,
    )


def _again(turn: Turn, pending: Pending, outcome: Outcome) -> None:
    """At once, in another form."""
    turn.ledger.put(msgspec.structs.replace(pending, due=turn.now))
    turn.report_pending(pending, DeliveryState.RETRYING, reason=outcome.reason, next_try=turn.now)
    event = "delivery.plain_next" if pending.plain else "delivery.new_message_next"
    turn.fact(
        event,
        level="warning",
        destination=pending.destination,
        key=pending.key,
        reason=outcome.reason,
        answer=pending.answer,
    )


def _refused(turn: Turn, pending: Pending, outcome: Outcome) -> None:
    bury(turn, pending, outcome.reason)
    _tell_once_a_day(turn, pending.destination, outcome)


def _gone(turn: Turn, pending: Pending, outcome: Outcome) -> None:
    """Nothing more is sent there until it is resumed, or set up anew."""
    bury(turn, pending, outcome.reason)
    desk = turn.ledger.desk(pending.destination, turn.now)
    if desk.disabled:
        return
    mark = turn.settings.fingerprint(desk.name)
    turn.ledger.put(msgspec.structs.replace(desk, disabled=outcome.reason, fingerprint=mark, told_trouble=True))
    turn.fact("destination.disabled", level="error", destination=desk.name, reason=outcome.reason)
    text = f"{desk.name} takes no more alerts: {outcome.reason}. Set it up anew, then `demarche resume {desk.name}`"
    turn.trouble(desk.name, "destination.disabled", text)


def _tell_once_a_day(turn: Turn, name: str, outcome: Outcome) -> None:
    desk = turn.ledger.desk(name, turn.now)
    told = desk.refused.get(outcome.reason)
    if told is not None and turn.now - told < TOLD_AGAIN:
        return
    recent = {reason: at for reason, at in desk.refused.items() if turn.now - at < TOLD_AGAIN}
    turn.ledger.put(msgspec.structs.replace(desk, refused={**recent, outcome.reason: turn.now}))
    turn.trouble(name, "delivery.refused", f"{name} refused an alert: {outcome.reason}. See `demarche deliveries list`")


def _circuit_opened(turn: Turn, desk: Desk, outcome: Outcome) -> None:
    turn.ledger.put(msgspec.structs.replace(desk, told_trouble=True))
    waiting = len(turn.ledger.queues[desk.name])
    turn.fact(
        "destination.circuit_opened", level="error", destination=desk.name, reason=outcome.reason, waiting=waiting
    )
    turn.trouble(desk.name, "destination.circuit_opened", f"{desk.name} does not answer: {outcome.reason}")


def _recovered(turn: Turn, name: str) -> None:
    """After a success; where the circuit was open, what waits goes out now."""
    before = turn.ledger.desk(name, turn.now)
    after = desks.succeeded(before)
    if after is before and not before.told_trouble:
        return
    turn.ledger.put(msgspec.structs.replace(after, told_trouble=False))
    if not before.circuits:
        return
    for pending in turn.ledger.queues[name]:
        if not pending.attempting and pending.tries and pending.due > turn.now:
            turn.ledger.put(msgspec.structs.replace(pending, due=turn.now))
    turn.fact("destination.recovered", destination=name)
    if before.told_trouble:
        turn.trouble(name, "destination.recovered", f"{name} answers again", over=True)


def _has_ref(turn: Turn, pending: Pending) -> bool:
    post = turn.ledger.posts.get(pending.post)
    return post is not None and post.ref is not None


def _forget_ref(turn: Turn, pending: Pending) -> None:
    post = turn.ledger.posts[pending.post]
    turn.ledger.put(msgspec.structs.replace(post, ref=None))


def _said(outcome: Outcome) -> str:
    return outcome.answer or outcome.reason
