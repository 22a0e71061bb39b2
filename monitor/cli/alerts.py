"""`demarche alerts preview`, `routes test` and `test-alert`: how an alert looks, and where it goes."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from consumers.notify.channel import channel, looks
from consumers.notify.exchange import Outcome, Verdict
from consumers.notify.letter import Form, Letter
from consumers.notify.sample import sample_alert
from consumers.notify.send import attempt
from consumers.notify.view import placed, preview
from monitor import wiring
from monitor.cli.options import SettingsFile
from monitor.errors import UserError
from monitor.message.alert import Alert
from monitor.message.codec import decode_alert
from monitor.message.step import ALERTS
from monitor.stream.contract import NOTIFY, Stream

SAMPLE = "sample"
alerts = typer.Typer(no_args_is_help=True, help="How an alert looks.")
routes = typer.Typer(no_args_is_help=True, help="Where an alert goes.")
WhichAlert = Annotated[str, typer.Argument(metavar="ID", help="an alert, an incident (its latest alert), or `sample`")]


def register(above: typer.Typer) -> None:
    above.add_typer(alerts, name="alerts")
    above.add_typer(routes, name="routes")
    above.command("test-alert")(send_sample)


@alerts.command("preview")
def preview_(
    which: WhichAlert = SAMPLE,
    *,
    to: Annotated[str, typer.Option(help="the destination; where there is one only, it need not be named")] = "",
    settings: SettingsFile = None,
) -> None:
    """What would be sent to a destination, and how much of each of its limits that uses. Nothing is sent.

    Example: demarche alerts preview alt_1a2b --to desk
    """
    loaded = wiring.settings(settings)
    telling = wiring.telling(loaded)
    name = _named(to, list(telling.destinations))
    text, used = preview(telling, name, asyncio.run(_find(settings, which)), wiring.now())
    typer.echo(text)
    for limit, (size, most) in used.items():
        typer.echo(f"{limit}: {size} of {most}", err=True)


@routes.command("test")
def where(which: WhichAlert = SAMPLE, *, settings: SettingsFile = None) -> None:
    """Where an alert would go under the present settings, and why.

    Example: demarche routes test alt_1a2b
    """
    asyncio.run(_test(settings, which))


def send_sample(
    destination: Annotated[str, typer.Argument(help="all of them where none is named")] = "",
    *,
    settings: SettingsFile = None,
) -> None:
    """Send a marked sample now, and say what the destination answered.

    Example: demarche test-alert desk
    """
    if not asyncio.run(_send_samples(settings, destination)):
        raise typer.Exit(1)


async def _test(settings: Path | None, which: str) -> None:
    loaded = wiring.settings(settings)
    alert = await _find(settings, which)
    state = {}
    if which != SAMPLE:
        async with wiring.reader(loaded) as stream:
            state = await stream.state(NOTIFY.name)
    for name, why in placed(state, wiring.telling(loaded), alert, wiring.now()):
        typer.echo(f"{name}: {why}")


async def _send_samples(settings: Path | None, destination: str) -> bool:
    loaded = wiring.settings(settings)
    telling = wiring.telling(loaded)
    names = [_named(destination, list(telling.destinations))] if destination else list(telling.destinations)
    well = True
    async with wiring.way(loaded, sys.stdout) as way:
        for name in names:
            options, now = telling.destinations[name], wiring.now()
            alert = sample_alert(now)
            letter = Letter(key=alert.id, form=Form.POST, alerts=(alert,), sample=True, at=now)
            there = channel(options.type)
            outcome = await attempt(way, there, looks(there), letter, options)
            well = well and outcome.verdict is Verdict.ACCEPTED
            typer.echo(f"{name}: {_said(outcome)}", err=True)
    return well


def _said(outcome: Outcome) -> str:
    answered = f" ({outcome.answer})" if outcome.answer and outcome.answer != outcome.reason else ""
    taken = "taken" if outcome.verdict is Verdict.ACCEPTED else f"not taken, {outcome.verdict}"
    return f"{taken}: {outcome.reason}{answered}"


async def _find(settings: Path | None, which: str) -> Alert:
    if which == SAMPLE:
        return sample_alert(wiring.now())
    async with wiring.reader(wiring.settings(settings)) as stream:
        found = await _latest(stream, which)
    if found is None:
        raise UserError(f"no alert and no incident {which}; `demarche tail alerts` lists them")
    return found


async def _latest(stream: Stream, which: str) -> Alert | None:
    found = None
    async for record in stream.read(ALERTS):
        message = decode_alert(record.value)
        if isinstance(message, Alert) and which in (message.id, message.incident):
            found = message
    return found


def _named(name: str, names: list[str]) -> str:
    if not name and len(names) == 1:
        return names[0]
    if name not in names:
        raise UserError(
            f"no destination {name}; there are {', '.join(names)}" if name else f"name one of {', '.join(names)}"
        )
    return name
