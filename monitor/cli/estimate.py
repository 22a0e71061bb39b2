"""`demarche estimate`: how many posts a day each destination would get under these settings."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from consumers.notify.letter import Form
from monitor import wiring
from monitor.cli.backtest import Way, rehearsed
from monitor.cli.history import History, Past
from monitor.cli.options import OwnRules, SettingsFile, duration
from monitor.cli.rehearsal import Held, Sent
from monitor.cli.replay import replay
from monitor.message.codec import encode


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One destination. Numbers are of messages a day; a post is one that makes the channel unread."""

    destination: str
    type: str
    days: float
    posts: float
    usual: int  # posts on a day in the middle
    busiest: int
    busiest_day: date
    digests: float
    edits: float  # and replies, and events of machines
    in_digest: dict[str, int]  # why -> alerts
    held: dict[str, int]  # why -> alerts that it was not told of at all


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("estimate")(estimate)


def estimate(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Items, one JSON object a line, .gz too; else what the stream holds."),
    ] = None,
    since: Annotated[str, typer.Option(help="only the last 8h, 14d, 4w of it")] = "",
    rules: OwnRules = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a destination")] = False,
    settings: SettingsFile = None,
) -> None:
    """Say how many posts a day each destination would have got under these settings. Nothing is sent.

    Example: demarche estimate --since 14d --settings tighter.yaml
    """
    loaded = wiring.settings(settings)
    way = Way.of(loaded, rules or loaded.rules.folder)
    past = way.read(History(file, loaded, duration(since) if since else None))
    telling = way.telling()
    rehearsal = rehearsed(replay(past.messages, way.correlator()), telling, list(telling.destinations))
    rehearsal.until(past.end)
    if not as_json:
        typer.echo(f"{past.days:.0f} days from {past.start:%Y-%m-%d} to {past.end:%Y-%m-%d}, {past.items:,} items")
    for name, options in telling.destinations.items():
        sent = [one for one in rehearsal.sent if one.destination == name and one.at >= past.start]
        held = [one for one in rehearsal.held if one.destination == name and one.at >= past.start]
        made = estimate_of(name, options.type, past, sent, held)
        typer.echo(encode(made).decode() if as_json else _said(made))


def estimate_of(name: str, kind: str, past: Past, sent: Sequence[Sent], held: Sequence[Held]) -> Estimate:
    """Count what one destination was sent."""
    posts = [one for one in sent if one.form in (Form.POST, Form.CONFIRMED, Form.CORRECTION) and not one.in_thread]
    digests = [one for one in sent if one.form is Form.DIGEST and not one.in_thread]
    first, last = past.start.date(), past.end.date()
    by_day = {first + timedelta(days=number): 0 for number in range((last - first).days + 1)}
    by_day.update(Counter(one.at.date() for one in posts))
    counts = sorted(by_day.values())
    busiest = max(by_day, key=lambda day: (by_day[day], day))
    return Estimate(
        destination=name,
        type=kind,
        days=round(past.days, 2),
        posts=round(len(posts) / past.days, 2),
        usual=counts[len(counts) // 2],
        busiest=by_day[busiest],
        busiest_day=busiest,
        digests=round(len(digests) / past.days, 2),
        edits=round((len(sent) - len(posts) - len(digests)) / past.days, 2),
        in_digest=dict(Counter(one.reason for one in held if one.in_digest)),
        held=dict(Counter(one.reason for one in held if not one.in_digest)),
    )


def _said(made: Estimate) -> str:
    busiest = f"{made.busiest} on the busiest ({made.busiest_day})"
    lines = [
        f"{made.destination} ({made.type}): {made.posts:g} posts a day, {made.usual} on a day in the middle, {busiest}",
        f"  {made.digests:g} digests, {made.edits:g} edits and replies a day",
    ]
    for what, counts in (("in a digest", made.in_digest), ("not told", made.held)):
        if counts:
            found = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(counts.items()))
            lines.append(f"  {what}: {found}")
    return "\n".join(lines)
