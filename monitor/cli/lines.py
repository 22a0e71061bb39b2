"""One line for each message, as `tail` shows it."""

from datetime import datetime

from monitor.message.alert import Alert, Notice
from monitor.message.dead import DeadRecord
from monitor.message.delivery import Delivery
from monitor.message.item import Item
from monitor.message.order import Order
from monitor.message.report import Report, Signal

Message = Item | Report | Alert | Notice | Order | Delivery | DeadRecord


def line(message: Message) -> str:
    """The message in one line, the time (UTC) first."""
    match message:
        case Item():
            return f"{_time(message.event_time)}  {message.outlet}: {message.title}" + ("  (update)" * message.update)
        case Report():
            said = "; ".join(_signal(signal) for signal in message.signals) or "nothing"
            return f"{_time(message.event_time)}  {message.outlet}: {said}  | {message.title}"
        case Alert():
            outlets = "1 outlet" if message.outlets == 1 else f"{message.outlets} outlets"
            return (
                f"{_time(message.at)}  {message.level.upper()}  {message.sentence}"
                f"  ({message.reason}, {outlets})  incident {message.incident}"
            )
        case Notice():
            return f"{_time(message.at)}  {'TROUBLE' if message.trouble else 'WELL'}  {message.text}"
        case Order():
            return f"{_time(message.at)}  order: {message.kind} {message.subject}  {message.why}".rstrip()
        case Delivery():
            rest = message.reason or message.answer
            became = f"{message.destination}: {message.state}, try {message.tries}, alert {message.alert}"
            return f"{_time(message.at)}  {became}" + (f"  ({rest})" if rest else "")
        case DeadRecord():
            return f"{_time(message.at)}  {message.topic} {message.offset} {message.key}: {message.why}"


def _signal(signal: Signal) -> str:
    shadow = " (shadow)" if signal.shadow else ""
    return f"{signal.kind} {signal.source or '?'}>{signal.target or '?'} {signal.modality}{shadow}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
