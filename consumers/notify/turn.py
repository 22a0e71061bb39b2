"""One turn of notify: the state, the settings, the time, and what is gathered for the step."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from consumers.notify.ledger import Ledger
from consumers.notify.letter import Earlier, Form, Letter
from consumers.notify.settings import NotifySettings
from consumers.notify.state import Pending, Post
from monitor.message.alert import Alert, Notice
from monitor.message.delivery import Delivery, DeliveryState
from monitor.message.fact import Fact
from monitor.message.step import DELIVERIES, Output

LADDER_SPAN = timedelta(days=30)
encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Turn:
    """What the parts of a step share."""

    ledger: Ledger
    settings: NotifySettings
    now: datetime
    outputs: list[Output] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)

    def fact(self, event: str, *, level: str = "info", counted: bool = False, **fields: object) -> None:
        self.facts.append(Fact(event, fields, level=level, counted=counted))

    def report(self, key: str, alert: str, destination: str, state: DeliveryState, **more: Any) -> None:
        """Write down what became of an alert at a destination."""
        id_ = hash_of(key, state, more.get("tries", 0), more.get("reason", ""), self.now.isoformat())
        delivery = Delivery(id=id_, key=key, alert=alert, destination=destination, state=state, at=self.now, **more)
        self.outputs.append(Output(DELIVERIES, key, encode(delivery)))

    def report_pending(self, pending: Pending, state: DeliveryState, **more: Any) -> None:
        """The same for every alert that a letter tells."""
        by_id = {alert.id: alert for alert in pending.letter.alerts}
        if pending.letter.digest:
            by_id |= {line.alert.id: line.alert for line in pending.letter.digest.lines}
        for id_ in pending.covers or (pending.letter.key,):
            alert = by_id.get(id_)
            seen = (self.now - alert.at).total_seconds() if alert and state is DeliveryState.DELIVERED else None
            self.report(
                delivery_key(id_, pending.destination),
                id_,
                pending.destination,
                state,
                incident=alert.incident if alert else "",
                tries=pending.tries,
                resent=pending.resent,
                answer=pending.answer,
                seen_after=seen,
                **more,
            )

    def queue(self, destination: str, letter: Letter, **more: Any) -> Pending:
        """Put a letter on its way. `more` are fields of `Pending`; it goes at once and in a lane of its own else."""
        fields: dict[str, Any] = {"lane": letter.key, "post": "", "due": self.now, "covers": ()} | more
        pending = Pending(
            key=f"{letter.key}@{destination}",
            destination=destination,
            number=self.ledger.next_number(),
            letter=replace_letter(letter, public_url=self.settings.public_url),
            at=self.now,
            **fields,
        )
        self.ledger.put(pending)
        self.fact(
            "delivery.queued",
            destination=destination,
            form=str(letter.form),
            alerts=list(pending.covers),
            incident=letter.alerts[0].incident if letter.alerts else "",
        )
        return pending

    def notice(self, notice: Notice, *, about: str = "") -> None:
        """Tell the operator, at each destination that is his but the one in trouble."""
        for name in self.settings.operator:
            if name != about:
                self.queue(name, Letter(key=plain_key(notice.id), form=Form.NOTICE, notice=notice), lane=notice.key)

    def trouble(self, name: str, event: str, text: str, *, over: bool = False) -> None:
        """A notice about a destination."""
        key = f"destination/{name}"
        id_ = "n" + hash_of(key, event, self.now.isoformat())
        self.notice(Notice(id=id_, key=key, at=self.now, trouble=not over, event=event, text=text), about=name)

    def new_post(self, destination: str, alerts: Iterable[Alert], **letter: Any) -> Post:
        """Queue a new message about these alerts, and remember it."""
        told = tuple(alerts)
        head = told[0]
        key = plain_key(letter.pop("key", head.id))
        due = letter.pop("due", self.now)
        ladder = bool(head.chain) and head.chain[-1].at > self.now - LADDER_SPAN
        form = letter.pop("form", Form.POST)
        made = Letter(key=key, form=form, alerts=told, ladder=ladder, **letter)
        post = Post(
            key=f"{key}@{destination}",
            destination=destination,
            message=head.message,
            alerts=told,
            told=tuple(alert.id for alert in told),
            at=self.now,
            unconfirmed=not head.confirmed,
        )
        self.ledger.put(post)
        covers = tuple(alert.id for alert in told)
        self.queue(destination, made, lane=lane_of(post), post=post.key, due=due, covers=covers)
        return post


def hash_of(*parts: object) -> str:
    """A short name for these parts, the same whenever they are."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:20]


def delivery_key(alert: str, destination: str) -> str:
    return f"{alert}@{destination}"


def plain_key(key: str) -> str:
    """A key that can stand in a header and in a signature, which parts its fields by dots."""
    ok = key.isascii() and all(char.isalnum() or char in "-_:" for char in key) and 0 < len(key) <= 200
    return key if ok else hash_of(key)


def lane_of(post: Post) -> str:
    """Letters about one message keep their order."""
    return post.message or post.key


def earlier_of(post: Post, incident: str) -> Earlier:
    """What a post said of an incident."""
    alert = next((one for one in post.alerts if one.incident == incident), post.alerts[0])
    link = post.ref.link if post.ref else ""
    return Earlier(alert=alert.id, sentence=alert.sentence, at=post.at, level=alert.level, link=link)


def replace_letter(letter: Letter, **fields: Any) -> Letter:
    return msgspec.structs.replace(letter, **fields)


def with_alert(alerts: tuple[Alert, ...], alert: Alert) -> tuple[Alert, ...]:
    """The alerts with the newest state of one incident, which is added at the end where it is new."""
    if any(one.incident == alert.incident for one in alerts):
        return tuple(alert if one.incident == alert.incident else one for one in alerts)
    return (*alerts, alert)
