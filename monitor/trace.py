"""One story followed from its feed to its deliveries: each decision with its reason, and where it stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.errors import PoisonRecord
from monitor.ingest.feed import Feed, host_of
from monitor.ingest.link import canonical
from monitor.ingest.state import FeedState, unpack
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert, decode_delivery, decode_item, decode_report
from monitor.message.delivery import Delivery
from monitor.message.incident import ItemTrace, decode_trace
from monitor.message.item import Item
from monitor.message.report import Report
from monitor.message.step import ALERTS, DELIVERIES, ITEMS, REPORTS
from monitor.stream.contract import Stream

MOST = 5  # stories that one question may bring


@dataclass(frozen=True, slots=True)
class Station:
    """One place on the way: `feed`, `item`, `report`, `incident`, `alert` or `delivery`, and what was decided there."""

    place: str
    said: str


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one story. `stopped` says why it went no further; "" where it arrived."""

    title: str
    stations: Sequence[Station]
    stopped: str


async def trace(stream: Stream, asked: str, feeds: Sequence[Feed], now: datetime) -> list[Way]:
    """The stories that a URL, an id (of item, incident or alert) or words of a headline mean, the newest first."""
    items = await _items(stream, asked.strip())
    if not items:
        return []
    states = await stream.state("ingest")
    decisions = await stream.state("correlate")
    alerts = [message for message in await _all(stream, ALERTS, decode_alert) if isinstance(message, Alert)]
    deliveries: list[Delivery] = await _all(stream, DELIVERIES, decode_delivery)
    by_id = {feed.id: feed for feed in feeds}
    return [
        await _way(stream, item, by_id.get(item.feed), states, decisions, alerts, deliveries, now)
        for item in items[:MOST]
    ]


async def carriers(stream: Stream, url: str, feeds: Sequence[Feed], now: datetime) -> list[Station]:
    """The feeds that should carry a URL which was never seen, and how each is doing."""
    wanted = _site(url)
    states = await stream.state("ingest")
    near = [feed for feed in feeds if wanted and _site(feed.url) == wanted]
    return [_feed_station(feed, _state(states, feed.id), now) for feed in near]


def _site(url: str) -> str:
    """The last two labels of the host: enough to see that feeds.example.org carries www.example.org."""
    labels = host_of(url).split(".")
    short = len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2  # co.uk, com.tr
    return ".".join(labels[-3:] if short else labels[-2:])


async def _items(stream: Stream, asked: str) -> list[Item]:
    """The newest revision of each item meant, the newest first."""
    ids = {asked, *await _items_of_alert(stream, asked)}
    link = canonical(asked) if asked.startswith(("http://", "https://")) else ""
    words = asked.casefold()
    found: dict[str, Item] = {}
    for item in await _all(stream, ITEMS, decode_item):
        if link:
            meant = bool(item.url) and canonical(item.url) == link
        else:
            meant = item.id in ids or words in f"{item.title}\n{item.summary}".casefold()
        if meant:
            found.pop(item.id, None)
            found[item.id] = item
    exact = [item for item in found.values() if item.id in ids]
    return list(reversed(exact or list(found.values())))


async def _items_of_alert(stream: Stream, asked: str) -> set[str]:
    told = await _all(stream, ALERTS, decode_alert)
    return {
        telling.item
        for alert in told
        if isinstance(alert, Alert) and asked in (alert.id, alert.incident, alert.message)
        for telling in alert.tellings
    }


async def _all(stream: Stream, topic: str, decode: object) -> list:  # type: ignore[type-arg]  # of what decode gives
    found = []
    async for record in stream.read(topic):
        try:
            found.append(decode(record.value))  # type: ignore[operator]
        except PoisonRecord:
            continue  # set aside, and shown by `tail dead`
    return found


async def _way(
    stream: Stream,
    item: Item,
    feed: Feed | None,
    states: Mapping[str, bytes],
    decisions: Mapping[str, bytes],
    alerts: Sequence[Alert],
    deliveries: Sequence[Delivery],
    now: datetime,
) -> Way:
    stations = [_feed_station(feed, _state(states, item.feed), now) if feed else Station("feed", item.feed)]
    stations.append(Station("item", _item_said(item)))
    reports = [
        report
        for record in await stream.find(REPORTS, item.id)
        if isinstance(report := decode_report(record.value), Report) and report.revision == item.revision
    ]
    if not reports:
        return Way(item.title, stations, "not classified yet, or it was set aside: `demarche tail dead`")
    stations.append(Station("report", _report_said(reports[-1])))
    if not reports[-1].signals:
        return Way(item.title, stations, f"no act was recognised; `demarche explain {item.id}` says what failed first")
    packed = decisions.get(f"item:{item.id}")
    if packed is None:
        return Way(item.title, stations, "not correlated yet, or longer ago than incidents are kept")
    decided = decode_trace(packed)
    stations.append(Station("incident", _incident_said(decided)))
    mine = [alert for alert in alerts if any(telling.item == item.id for telling in alert.tellings)]
    stations += [Station("alert", f"{alert.id} {alert.reason}: {alert.level} · {alert.sentence}") for alert in mine]
    if not mine:
        return Way(item.title, stations, f"not told: {decided.reason}")
    arrived = [delivery for delivery in deliveries if delivery.alert in {alert.id for alert in mine}]
    last = {delivery.key: delivery for delivery in arrived}
    stations += [Station("delivery", _delivery_said(delivery)) for delivery in last.values()]
    if not last:
        return Way(item.title, stations, "no destination has it yet")
    stopped = "" if any(delivery.state == "delivered" for delivery in last.values()) else "it arrived nowhere"
    return Way(item.title, stations, stopped)


def _state(states: Mapping[str, bytes], feed: str) -> FeedState | None:
    packed = states.get(f"feed:{feed}")
    return unpack(packed) if packed else None


def _feed_station(feed: Feed, state: FeedState | None, now: datetime) -> Station:
    if state is None or state.polled is None:
        return Station("feed", f"{feed.id} ({feed.outlet}): not polled yet")
    ago = int((now - state.polled).total_seconds())
    said = f"{feed.id} ({feed.outlet}): {state.health}, polled {ago} s ago"
    if state.next_poll:
        said += f", next at {state.next_poll:%H:%M:%S} UTC: {state.why}"
    return Station("feed", said)


def _item_said(item: Item) -> str:
    said = f"{item.id} revision {item.revision[:8]}, published {item.event_time:%Y-%m-%d %H:%M} UTC"
    said += f" (date: {item.date_source}), first seen {item.first_seen:%Y-%m-%d %H:%M:%S}"
    said += ", at the feed's first poll" if item.first_sight else ""
    return said + (f"; its title was: {item.title_before}" if item.title_before else ", edited" * item.update)


def _report_said(report: Report) -> str:
    signals = [
        f"{signal.kind} {signal.source or '?'}>{signal.target or '?'} {signal.modality} (rule {signal.rule})"
        for signal in report.signals
    ]
    return "; ".join(signals) or "no signal"


def _incident_said(decided: ItemTrace) -> str:
    where = ", ".join(decided.incidents) or "none"
    return f"{where}: {decided.reason or 'first'}"


def _delivery_said(delivery: Delivery) -> str:
    rest = delivery.reason or delivery.answer
    said = f"{delivery.destination}: {delivery.state} at {delivery.at:%H:%M:%S} UTC, try {delivery.tries}"
    return said + (", re-sent" if delivery.resent else "") + (f" ({rest})" if rest else "")
