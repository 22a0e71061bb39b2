"""Which letters go out now: as many as each destination takes, each destination on its own."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from consumers.notify.desk import is_probing, may_send_at, sent_one
from consumers.notify.exchange import Outcome
from consumers.notify.letter import Form, Letter
from consumers.notify.state import Pending
from consumers.notify.turn import Turn


@dataclass(frozen=True, slots=True)
class Attempt:
    """An action: send this letter. `number` tells the attempts of one letter apart."""

    key: str
    destination: str
    number: int
    letter: Letter


@dataclass(frozen=True, slots=True)
class Attempted:
    """What came of it."""

    attempt: Attempt
    outcome: Outcome


def dispatch(turn: Turn) -> datetime | None:
    """Begin what can be begun, and say when there will be more to begin without anything having come."""
    wakes = [at for name in turn.settings.destinations if (at := _dispatch_one(turn, name)) is not None]
    return min(wakes, default=None)


def _dispatch_one(turn: Turn, name: str) -> datetime | None:
    queue = turn.ledger.queues[name]
    rate = turn.settings.rate(name)
    while (pending := queue.head()) is not None:
        desk = turn.ledger.desk(name, turn.now)
        free = 1 if is_probing(desk) else turn.settings.concurrency(name)
        if queue.under_way >= free:
            return None  # its result will wake us
        may = may_send_at(desk, rate, turn.now)
        if may is None:
            return None
        at = max(may, pending.due)
        if at > turn.now:
            return at
        _begin(turn, pending)
        if rate is not None:
            turn.ledger.put(sent_one(desk, rate, turn.now))
    return None


def _begin(turn: Turn, pending: Pending) -> None:
    begun = msgspec.structs.replace(pending, attempting=True, tries=pending.tries + 1, tried_at=turn.now)
    turn.ledger.put(begun)
    letter = _addressed(turn, begun)
    turn.actions.append(Attempt(begun.key, begun.destination, begun.tries, letter))


def _addressed(turn: Turn, pending: Pending) -> Letter:
    """The letter for this attempt: with the message that it changes, or as a new one where there is none."""
    letter, post = pending.letter, turn.ledger.posts.get(pending.post)
    ref = post.ref if post and letter.form not in (Form.POST, Form.CONFIRMED) else None
    form = letter.form
    if turn.settings.can_edit(pending.destination) and ref is None and form in (Form.UPDATE, Form.REPLY):
        form = Form.DIGEST if letter.digest else Form.POST
    return msgspec.structs.replace(letter, form=form, ref=ref, resent=pending.resent, plain=pending.plain, at=turn.now)
