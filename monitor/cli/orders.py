"""`demarche pause`, `resume` and `silences`: what an operator decides, as records of the stream."""

import asyncio
import getpass
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from consumers.notify.match import KEYS, parse_match
from consumers.notify.view import silences
from monitor import wiring
from monitor.cli.options import SettingsFile, duration
from monitor.errors import UserError
from monitor.message.codec import encode
from monitor.message.order import Order, OrderKind
from monitor.message.step import ALERTS, Output
from monitor.stream.contract import NOTIFY

Author = Annotated[str, typer.Option(help="who decides; else the name that you are logged in with")]
Why = Annotated[str, typer.Option(help="why, for the log and for those who come after")]
app = typer.Typer(no_args_is_help=True, help="Alerts that are not posted for a while.")


def register(above: typer.Typer) -> None:
    above.command("pause")(pause)
    above.command("resume")(resume)
    above.add_typer(app, name="silences")


def pause(
    destination: Annotated[str, typer.Argument(help="all of them where none is named")] = "",
    *,
    author: Author = "",
    why: Why = "",
    settings: SettingsFile = None,
) -> None:
    """Send nothing to a destination until it is resumed; alerts wait.

    Example: demarche pause desk --why "the channel moves"
    """
    _known(settings, destination)
    give(settings, OrderKind.PAUSE, subject=destination, author=author, why=why)


def resume(
    destination: Annotated[str, typer.Argument(help="all of them where none is named")] = "",
    *,
    author: Author = "",
    why: Why = "",
    settings: SettingsFile = None,
) -> None:
    """Send again what waits for a destination that was paused, or that had refused everything.

    Example: demarche resume desk
    """
    _known(settings, destination)
    give(settings, OrderKind.RESUME, subject=destination, author=author, why=why)


@app.command("add")
def add(
    match: Annotated[list[str], typer.Argument(metavar="KEY=VALUE ...", help=f"keys: {', '.join(KEYS)}")],
    *,
    last: Annotated[str, typer.Option("--for", help="how long: 90m, 8h, 3d")] = "24h",
    author: Author = "",
    why: Why = "",
    settings: SettingsFile = None,
) -> None:
    """Hold back what matches, until it ends or until the level rises. What is held is listed, and not sent later.

    Example: demarche silences add pair=KOR-RUS kind=condemnation,threat --for 8h --why "known, handled"
    """
    words = dict(_word(one) for one in match)
    parse_match(words)
    id_ = f"sil_{secrets.token_hex(4)}"
    until = wiring.now() + duration(last)
    give(settings, OrderKind.SILENCE, subject=id_, author=author, why=why, until=until, match=words)
    typer.echo(id_)


@app.command("end")
def end(
    silence: Annotated[str, typer.Argument(help="as `list` prints it")],
    *,
    author: Author = "",
    why: Why = "",
    settings: SettingsFile = None,
) -> None:
    """End a silence before its time.

    Example: demarche silences end sil_1a2b3c4d
    """
    give(settings, OrderKind.UNSILENCE, subject=silence, author=author, why=why)


@app.command("list")
def list_(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    settings: SettingsFile = None,
) -> None:
    """The silences that hold now, and what each has held back.

    Example: demarche silences list
    """
    state = asyncio.run(_state(settings))
    for silence, held in silences(state, wiring.now()):
        if as_json:
            typer.echo(msgspec.json.encode(silence).decode())
            continue
        said = " ".join(f"{key}={value}" for key, value in silence.match.items())
        by = f" by {silence.author}" if silence.author else ""
        why = f": {silence.why}" if silence.why else ""
        typer.echo(f"{silence.id}  until {silence.until:%Y-%m-%d %H:%M} UTC{by}{why}  {said}  held {silence.held}")
        for one in held:
            typer.echo(
                f"    {one.at:%m-%d %H:%M}  {one.alert.level.upper()}  {one.alert.sentence}  ({one.destination})"
            )


def give(
    settings: Path | None,
    kind: OrderKind,
    *,
    subject: str = "",
    author: str = "",
    why: str = "",
    until: datetime | None = None,
    match: Mapping[str, str] | None = None,
) -> None:
    """Append an order for notify. Raises `UserError` where the stream cannot be reached."""
    order = Order(
        id=f"ord_{secrets.token_hex(6)}",
        kind=kind,
        at=wiring.now(),
        author=author or _login(),
        why=why,
        subject=subject,
        until=until,
        match=match or {},
    )
    asyncio.run(_append(settings, order))
    typer.echo(f"ordered: {kind} {subject}".rstrip(), err=True)


async def _append(settings: Path | None, order: Order) -> None:
    async with wiring.reader(wiring.settings(settings)) as stream:
        await stream.append([Output(ALERTS, order.id, encode(order))])


async def _state(settings: Path | None) -> Mapping[str, bytes]:
    async with wiring.reader(wiring.settings(settings)) as stream:
        return await stream.state(NOTIFY.name)


def _known(settings: Path | None, destination: str) -> None:
    names = wiring.telling(wiring.settings(settings)).destinations
    if destination and destination not in names:
        raise UserError(f"no destination {destination}; there are {', '.join(names)}")


def _word(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not value:
        raise UserError(f"{text!r}: write KEY=VALUE, as in pair=KOR-RUS")
    return key.strip(), value.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # in a container there may be no name for the user's number
        return ""
