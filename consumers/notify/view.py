"""What a command shows of the state of notify: deliveries, silences, where an alert would go. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from consumers.notify.channel import channel
from consumers.notify.exchange import Lines, Mail, Request
from consumers.notify.gate import Folded, Inside, Kept, Told, gate, is_opening
from consumers.notify.ledger import Ledger
from consumers.notify.letter import Form, Letter
from consumers.notify.route import places
from consumers.notify.settings import NotifySettings
from consumers.notify.state import Dead, Held, Pending, Silence
from consumers.notify.wording import words
from monitor.message.alert import Alert

WAITING, SENDING, DEAD, HELD = "waiting", "sending", "dead", "held"
STATES = (WAITING, SENDING, DEAD, HELD)


@dataclass(frozen=True, slots=True)
class Shown:
    """One delivery as a line. `due` is the next try, where there is one."""

    key: str
    destination: str
    state: str
    at: datetime
    tries: int
    title: str
    reason: str
    due: datetime | None = None


def listed(
    state: Mapping[str, bytes],
    *,
    states: Sequence[str] = (),
    destination: str = "",
    older_than: timedelta | None = None,
    now: datetime,
) -> list[Shown]:
    """The deliveries that are not done, the oldest first; held ones only where they are asked for."""
    ledger = Ledger(state)
    wanted = set(states) or {WAITING, SENDING, DEAD}
    every = [_pending(one) for one in ledger.pending.values()]
    every += [_dead(one) for one in ledger.dead.values()]
    every += [_held(one) for one in ledger.held.values()]
    chosen = [one for one in every if one.state in wanted and destination in ("", one.destination)]
    if older_than is not None:
        chosen = [one for one in chosen if now - one.at >= older_than]
    return sorted(chosen, key=lambda one: one.at)


def letter_under(state: Mapping[str, bytes], key: str) -> tuple[Shown, Letter] | None:
    """One delivery that is not done, and its letter."""
    ledger = Ledger(state)
    if key in ledger.pending:
        pending = ledger.pending[key]
        return _pending(pending), pending.letter
    if key in ledger.dead:
        dead = ledger.dead[key]
        return _dead(dead), dead.pending.letter
    return None


def silences(state: Mapping[str, bytes], now: datetime) -> list[tuple[Silence, list[Held]]]:
    """The silences that hold now, each with what it held back."""
    ledger = Ledger(state)
    held = list(ledger.held.values())
    return [
        (silence, [one for one in held if one.silence == silence.id])
        for silence in sorted(ledger.silences.values(), key=lambda one: one.until)
        if silence.until > now
    ]


def placed(state: Mapping[str, bytes], settings: NotifySettings, alert: Alert, now: datetime) -> list[tuple[str, str]]:
    """Where an alert would go now, and why: a destination and a clause for each."""
    ledger = Ledger(state)
    found = {one.destination: one for one in places(settings.root, alert, settings.world)}
    out: list[tuple[str, str]] = []
    for name in settings.destinations:
        if name not in found:
            operator = "it is told of trouble alone" if name in settings.operator else "no route leads there"
            out.append((name, f"not told: {operator}"))
            continue
        path = " > ".join(found[name].path)
        if ledger.posts_with(name, alert.incident) and not is_opening(alert):
            out.append((name, f"told with the message about this incident (route {path})"))
            continue
        match gate(ledger, settings, alert, found[name], now):
            case Told():
                out.append((name, f"a message (route {path})"))
            case Folded(digest, why):
                out.append((name, f"a line of the {digest} digest: {why} (route {path})"))
            case Inside():
                out.append((name, f"inside the message of a live act (route {path})"))
            case Kept(reason):
                out.append((name, f"not told: {reason} (route {path})"))
    return out


def preview(settings: NotifySettings, name: str, alert: Alert, now: datetime) -> tuple[str, dict[str, tuple[int, int]]]:
    """What would be sent to a destination, and how much of each limit that takes: used, and the limit."""
    options = settings.destinations[name]
    there = channel(options.type)
    letter = Letter(key=alert.id, form=Form.POST, alerts=(alert,), public_url=settings.public_url, at=now)
    sendable = there.render(letter, options)
    match sendable:
        case Request():
            text = sendable.content.decode("utf-8", "replace")
        case Lines():
            text = sendable.text
        case Mail():
            text = sendable.content.decode("utf-8", "replace")
    used = there.used(sendable)
    return text, {limit: (used.get(limit, 0), size) for limit, size in there.LIMITS}


def _pending(one: Pending) -> Shown:
    state = SENDING if one.attempting else WAITING
    return Shown(one.key, one.destination, state, one.at, one.tries, words(one.letter).title, one.answer, one.due)


def _dead(one: Dead) -> Shown:
    pending = one.pending
    title = words(pending.letter).title
    return Shown(pending.key, pending.destination, DEAD, pending.at, pending.tries, title, one.reason)


def _held(one: Held) -> Shown:
    key = f"{one.alert.id}@{one.destination}"
    return Shown(key, one.destination, HELD, one.at, 0, one.alert.sentence, one.reason)
