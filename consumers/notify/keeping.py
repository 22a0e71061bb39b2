"""Housekeeping: what is too old to be sent or to be remembered is let go."""

from datetime import timedelta

from consumers.notify.settle import bury
from consumers.notify.turn import Turn

HELD_SPAN = timedelta(days=7)
DEAD_SPAN = timedelta(days=30)
NOT_THERE = "its destination is no longer in the settings"


def keep_house(turn: Turn) -> None:
    """Once an hour, and when the settings changed."""
    ledger, now, pace = turn.ledger, turn.now, turn.settings.pace
    for post in [one for one in ledger.posts.values() if now - one.at > pace.memory]:
        if not any(ledger.letters_for(post)):
            ledger.forget(post)
    for held in [one for one in ledger.held.values() if now - one.at > HELD_SPAN]:
        ledger.forget(held)
    for dead in [one for one in ledger.dead.values() if now - one.at > DEAD_SPAN]:
        ledger.forget(dead)
    for silence in [one for one in ledger.silences.values() if now >= one.until]:
        ledger.forget(silence)
        turn.fact("silence.ended", silence=silence.id, held=silence.held, author="its time is over")
    for pending in list(ledger.pending.values()):
        if pending.destination not in turn.settings.destinations and not pending.attempting:
            bury(turn, pending, NOT_THERE)
        elif _cannot_be_sent(turn, pending.destination) and now - pending.at > pace.age_limits[pending.letter.level]:
            bury(turn, pending, "too_old: its destination took nothing")


def _cannot_be_sent(turn: Turn, name: str) -> bool:
    desk = turn.ledger.desks.get(name)
    return desk is not None and bool(desk.paused or desk.disabled)
