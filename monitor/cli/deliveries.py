"""`demarche deliveries`: what is on its way, what was refused, and what to do about it."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from consumers.notify.letter import Letter
from consumers.notify.view import STATES, Shown, letter_under, listed
from consumers.notify.wording import words
from monitor import wiring
from monitor.cli.options import SettingsFile, duration
from monitor.cli.orders import Author, Why, give
from monitor.errors import UserError
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert
from monitor.message.order import OrderKind
from monitor.message.step import ALERTS, Output
from monitor.stream.contract import NOTIFY

app = typer.Typer(no_args_is_help=True, help="What is on its way to the destinations, and what was refused.")


def register(above: typer.Typer) -> None:
    above.add_typer(app, name="deliveries")


@app.command("list")
def list_(
    *,
    state: Annotated[list[str] | None, typer.Option(help=f"only these: {', '.join(STATES)}")] = None,
    destination: Annotated[str, typer.Option(help="only of this destination")] = "",
    older_than: Annotated[str, typer.Option(help="only what has waited so long: 30m, 8h")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    settings: SettingsFile = None,
) -> None:
    """Deliveries that are not done: waiting, being sent, refused for good.

    Example: demarche deliveries list --state dead --destination desk
    """
    if unknown := sorted(set(state or ()) - set(STATES)):
        raise UserError(f"no such state: {', '.join(unknown)}; there are {', '.join(STATES)}")
    now = wiring.now()
    age = duration(older_than) if older_than else None
    found = listed(_state(settings), states=state or (), destination=destination, older_than=age, now=now)
    for one in found:
        typer.echo(msgspec.json.encode(asdict(one)).decode() if as_json else _line(one, now))
    if not found and not as_json:
        typer.echo("nothing waits", err=True)


@app.command()
def show(key: Annotated[str, typer.Argument(help="as `list` prints it")], *, settings: SettingsFile = None) -> None:
    """One delivery in full: its state, and what it says.

    Example: demarche deliveries show alt_1a2b@desk
    """
    shown, letter = _there(settings, key)
    typer.echo(_line(shown, wiring.now()))
    typer.echo("\n".join(words(letter, full=True).lines()))


@app.command()
def retry(
    subject: Annotated[str, typer.Argument(help="a delivery, or a destination: all of its own that were refused")],
    *,
    author: Author = "",
    why: Why = "",
    settings: SettingsFile = None,
) -> None:
    """Try again now, and from the first try on where it was refused for good.

    Example: demarche deliveries retry desk --why "the channel is back"
    """
    names = wiring.telling(wiring.settings(settings)).destinations
    if subject not in names:
        _there(settings, subject)
    give(settings, OrderKind.RETRY, subject=subject, author=author, why=why)


@app.command()
def drop(
    key: Annotated[str, typer.Argument(help="a delivery")],
    *,
    author: Author = "",
    why: Why = "",
    settings: SettingsFile = None,
) -> None:
    """Give up a delivery.

    Example: demarche deliveries drop alt_1a2b@desk --why "told by telephone"
    """
    _there(settings, key)
    give(settings, OrderKind.DROP, subject=key, author=author, why=why)


@app.command()
def replay(
    since: Annotated[str, typer.Argument(help="how far back: 2h, 1d")], *, settings: SettingsFile = None
) -> None:
    """Hand the alerts since a time to notify once more. Who was told is not told again; a new destination is.

    Example: demarche deliveries replay 12h
    """
    count = asyncio.run(_replay(settings, wiring.now() - duration(since)))
    typer.echo(f"{count} alerts handed over once more", err=True)


async def _replay(settings: Path | None, since: datetime) -> int:
    async with wiring.reader(wiring.settings(settings)) as stream:
        again = [
            Output(ALERTS, record.key, record.value)
            async for record in stream.read(ALERTS, since=since)
            if isinstance(decode_alert(record.value), Alert)
        ]
        once = list({output.value: output for output in again}.values())
        await stream.append(once)
    return len(once)


def _there(settings: Path | None, key: str) -> tuple[Shown, Letter]:
    """The delivery of this key. Raises `UserError` where there is none that is not done."""
    found = letter_under(_state(settings), key)
    if found is None:
        raise UserError(f"no delivery {key} waits or was refused; `demarche tail deliveries` has those that are done")
    return found


def _state(settings: Path | None) -> Mapping[str, bytes]:
    return asyncio.run(_read_state(settings))


async def _read_state(settings: Path | None) -> Mapping[str, bytes]:
    async with wiring.reader(wiring.settings(settings)) as stream:
        return await stream.state(NOTIFY.name)


def _line(one: Shown, now: datetime) -> str:
    age = int((now - one.at).total_seconds())
    due = f", next try {one.due:%Y-%m-%d %H:%M:%S} UTC" if one.due and one.due > now else ""
    said = f"  ({one.reason})" if one.reason else ""
    return f"{one.key}  {one.state}, {age} s old, {one.tries} tries{due}{said}  {one.title}"
