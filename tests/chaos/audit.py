"""What must hold when all is drained, looked up in the topics themselves."""

import asyncio
import io
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from consumers.classify import compile_rules
from consumers.correlate.worker import Correlator
from consumers.notify.turn import plain_key
from monitor.errors import PoisonRecord
from monitor.logs import configure, logger
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert, decode_delivery, decode_item, decode_report
from monitor.message.delivery import DeliveryState
from monitor.message.report import Report
from monitor.message.step import ALERTS, DELIVERIES, ITEMS, REPORTS, Output
from monitor.rules_folder import read_packs, rules_folder
from monitor.settings import Settings
from monitor.stage import Edge, run_stage
from monitor.stream import sqlite
from monitor.stream.contract import CORRELATE, Stream, dead
from monitor.tables import read_tables
from tests.chaos.receiver import Receiver
from tests.stream.counting import Heard

FINAL = (DeliveryState.DELIVERED, DeliveryState.HELD)


@dataclass(frozen=True)
class Finding:
    """One thing that must hold, whether it does, and the figures."""

    what: str
    holds: bool
    figures: str


async def alerts_of(stream: Stream) -> list[Alert]:
    """Alerts in order, without the notices to the operator that lie between them."""
    told = [decode_alert(record.value) async for record in stream.read(ALERTS)]
    return [one for one in told if isinstance(one, Alert)]


async def told_of(reports: Sequence[Output]) -> tuple[list[Alert], dict[str, bytes]]:
    """The alerts and the state that correlate makes of these reports in this order, on a stream of its own."""
    return await asyncio.to_thread(_apart, list(reports))


def _apart(reports: list[Output]) -> tuple[list[Alert], dict[str, bytes]]:
    """In a process of its own: the proxies to the brokers live in this one, and must not stand still meanwhile."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_fold, reports).result()


def _fold(reports: list[Output]) -> tuple[list[Alert], dict[str, bytes]]:
    configure("critical", io.StringIO())
    return asyncio.run(_folded(reports))


async def _folded(reports: list[Output]) -> tuple[list[Alert], dict[str, bytes]]:
    policy = Settings().incidents.policy(read_tables(rules_folder()))
    rules = compile_rules(read_packs())
    with TemporaryDirectory() as folder:
        stream = await sqlite.open_owner(Path(folder) / "audit.db")
        await stream.append(reports)
        edge = Edge(lambda: datetime.now(UTC), asyncio.Event(), logger(), Heard(), once=True)
        await run_stage(stream, CORRELATE, lambda share: Correlator(policy, rules.kinds, rules.names), edge)
        alerts = await alerts_of(stream)
        state = await stream.state("correlate")
        await stream.close()
    return alerts, state


@dataclass(frozen=True)
class Wanted:
    """What must have come through: items by id, and stories of feeds by title; `gone` are those that a fault took."""

    items: set[str]
    titles: set[str]
    gone: set[str]


async def _items_of(stream: Stream) -> dict[str, str]:
    """Title by id, of all that reads as an item."""
    found = {}
    async for record in stream.read(ITEMS):
        try:
            found[record.key] = decode_item(record.value).title
        except PoisonRecord:
            continue
    return found


async def is_drained(stream: Stream, wanted: Wanted) -> bool:
    """All that was acknowledged is reported, all told is delivered; what costs most is asked last."""
    reported = {record.key: decode_report(record.value) async for record in stream.read(REPORTS)}
    titles = {one.title for one in reported.values() if isinstance(one, Report)}
    there = await _items_of(stream)
    items, stories = (wanted.items | set(there)) - wanted.gone, wanted.titles - wanted.gone
    if not (items <= set(reported) and stories <= titles):
        return False
    alerts = await alerts_of(stream)
    ids = {one.id for one in alerts}
    final = {one.alert for one in await deliveries(stream) if one.state in FINAL}
    if not alerts or not ids <= final:
        return False
    expected, _ = await told_of([Output(REPORTS, one.key, one.value) async for one in stream.read(REPORTS)])
    return len(expected) == len(alerts)


async def deliveries(stream: Stream) -> list:  # type: ignore[type-arg]
    return [decode_delivery(record.value) async for record in stream.read(DELIVERIES)]


async def audit(stream: Stream, wanted: Wanted, poison: int, receiver: Receiver) -> list[Finding]:
    """Everything that must hold."""
    posts = receiver.posts
    items, stories = wanted.items - wanted.gone, wanted.titles - wanted.gone
    in_items = await _items_of(stream)
    reports = [Output(REPORTS, one.key, one.value) async for one in stream.read(REPORTS)]
    alerts = await alerts_of(stream)
    ids = Counter(one.id for one in alerts)
    expected, expected_state = await told_of(reports)
    state = await stream.state("correlate")
    aside = [record async for record in stream.read(dead(ITEMS))]
    told = await deliveries(stream)
    final = {one.alert: one for one in told if one.state in FINAL}
    delivered = {one.alert for one in told if one.state is DeliveryState.DELIVERED}
    repeats = sum(len(marks) - 1 for marks in posts.values())
    silent = sum(max(marks.count(False) - 1, 0) for marks in posts.values())
    reported = {report.key for report in reports}
    read = [decode_report(report.value) for report in reports]
    titles = {one.title for one in read if isinstance(one, Report)}
    places = {(one_dead.key, one_dead.offset) for one_dead in aside}
    return [
        Finding(
            "every acknowledged item is there, or was read", items <= set(in_items) | reported, f"{len(items)} written"
        ),
        Finding("every story of the feeds is reported", stories <= titles, f"{len(stories)} stories"),
        Finding(
            "every item has its report",
            (set(in_items) | items) - wanted.gone <= reported,
            f"{len(reported)} items, {len(reports) - len(reported)} reports repeated",
        ),
        Finding("alerts are those that the reports make, in order", alerts == expected, f"{len(alerts)} alerts"),
        Finding("each alert id is there once", set(ids.values()) <= {1}, f"{len(ids)} ids"),
        Finding("the state is that which the reports make", state == expected_state, f"{len(state)} keys"),
        Finding(
            "each alert is delivered, or held with a reason",
            set(ids) <= set(final),
            f"{len(set(ids) & set(final))} of {len(ids)}, {len(delivered)} posted",
        ),
        Finding(
            "what counts as delivered was received",
            {plain_key(one) for one in delivered - receiver.listed} <= set(posts),
            f"{len(posts)} keys received, {len(receiver.listed)} alerts in digests",
        ),
        Finding(
            "a repeated post has the same key and is marked",
            silent == 0,
            f"{repeats} posts repeated, {silent} of them not marked",
        ),
        Finding("poison is set aside", len(places) >= poison, f"{poison} written, {len(aside)} set aside"),
    ]
