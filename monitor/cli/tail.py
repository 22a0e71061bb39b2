"""`demarche tail`: what goes by."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor import wiring
from monitor.cli.lines import line
from monitor.cli.options import SettingsFile, duration
from monitor.errors import PoisonRecord, UserError
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert, decode_delivery, decode_item, decode_report, decoder
from monitor.message.dead import DeadRecord
from monitor.message.kind import Level
from monitor.message.report import Report
from monitor.message.step import ALERTS, DELIVERIES, ITEMS, REPORTS
from monitor.stream.contract import TOPICS, Stream, dead


class What(StrEnum):
    ITEMS = "items"
    REPORTS = "reports"
    ALERTS = "alerts"
    DELIVERIES = "deliveries"
    DEAD = "dead"


DECODERS = {ITEMS: decode_item, REPORTS: decode_report, ALERTS: decode_alert, DELIVERIES: decode_delivery}
decode_dead = decoder(DeadRecord)


def register(app: typer.Typer) -> None:
    app.command("tail")(tail)


def tail(
    what: Annotated[What, typer.Argument(help="what to show")] = What.ALERTS,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="wait for more")] = False,
    pair: Annotated[str, typer.Option(help="only this pair of states, in either direction, such as KOR-RUS")] = "",
    min_level: Annotated[Level | None, typer.Option(help="only alerts at this level or above")] = None,
    since: Annotated[str, typer.Option(help="how far back: 30m, 8h, 7d; all of it where not given")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="the records as they are, one JSON object a line")] = False,
    settings: SettingsFile = None,
) -> None:
    """Show what went through the stream, and with --follow what goes through it now.

    Example: demarche tail alerts --follow --pair KOR-RUS --min-level high
    """
    states = _states(pair)
    if min_level and what is not What.ALERTS:
        raise UserError(f"{what.value} have no level; --min-level goes with `demarche tail alerts`")
    if states and what not in (What.ALERTS, What.REPORTS):
        raise UserError(f"{what.value} have no pair; --pair goes with alerts and reports")
    start = datetime.now(UTC) - duration(since) if since else None
    asyncio.run(_tail(settings, what, follow, states, min_level, start, as_json))


def _states(pair: str) -> frozenset[str]:
    parts = [part for part in pair.upper().split("-") if part]
    if pair and len(parts) != 2:
        raise UserError(f"--pair {pair}: give two codes with a dash between them, such as KOR-RUS")
    return frozenset(parts)


async def _tail(
    settings: Path | None,
    what: What,
    follow: bool,
    states: frozenset[str],
    min_level: Level | None,
    since: datetime | None,
    as_json: bool,
) -> None:
    async with wiring.reader(wiring.settings(settings)) as stream:
        topics = [dead(topic) for topic in TOPICS] if what is What.DEAD else [what.value]
        if follow and len(topics) > 1:
            async with asyncio.TaskGroup() as group:
                for topic in topics:
                    group.create_task(_show(stream, topic, follow, states, min_level, since, as_json))
            return
        for topic in topics:
            await _show(stream, topic, follow, states, min_level, since, as_json)


async def _show(
    stream: Stream,
    topic: str,
    follow: bool,
    states: frozenset[str],
    min_level: Level | None,
    since: datetime | None,
    as_json: bool,
) -> None:
    decode: Callable[[bytes], Any] = DECODERS.get(topic, decode_dead)
    async for record in stream.read(topic, since=since, follow=follow):
        try:
            message = decode(record.value)
        except PoisonRecord:
            continue  # it was set aside: `tail dead` shows it
        if _is_wanted(message, states, min_level):
            typer.echo(record.value.decode() if as_json else line(message))


def _is_wanted(message: Any, states: frozenset[str], min_level: Level | None) -> bool:
    if min_level and not (isinstance(message, Alert) and message.level.rank >= min_level.rank):
        return False
    if not states:
        return True
    told = message.signals if isinstance(message, Report) else [message]
    return any({getattr(one, "source", None), getattr(one, "target", None)} == states for one in told)
