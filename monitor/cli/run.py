"""`demarche run` and `demarche demo`."""

import asyncio
from typing import Annotated

import typer

from monitor import running, wiring
from monitor.cli.options import SettingsFile
from monitor.demo.play import play
from monitor.errors import UserError
from monitor.stream.contract import STAGES


def register(app: typer.Typer) -> None:
    app.command("run")(run)
    app.command("demo")(demo)


def run(
    stages: Annotated[
        list[str] | None, typer.Argument(metavar="[STAGE ...]", help="ingest, classify, correlate, notify; all of them")
    ] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="poll what is due once, work it through, end")] = False,
    settings: SettingsFile = None,
) -> None:
    """Watch the feeds and send an alert for each act, until told to stop (Ctrl-C, SIGTERM).

    Example: demarche run ingest classify
    """
    by_name = {spec.name: spec for spec in STAGES}
    if unknown := sorted(set(stages or ()) - set(by_name)):
        raise UserError(f"no such stage: {', '.join(unknown)}; there are {', '.join(by_name)}")
    wanted = tuple(spec for spec in STAGES if not stages or spec.name in stages)
    how = running.Run(stages=wanted, once=once, file=wiring.settings_file(settings))
    asyncio.run(running.run(wiring.settings(settings), how))


def demo(
    seconds: Annotated[float, typer.Option(min=5, max=600, help="how long the week takes")] = 60.0,
) -> None:
    """Play a week of a row between two states in a minute, with no network: news of our own making, real alerts.

    Example: demarche demo --seconds 20
    """
    typer.echo(f"A week of made-up news in {seconds:.0f} s; alerts appear as they would in Slack.\n", err=True)
    asyncio.run(play(seconds))
    typer.echo("That was the week. `demarche run` watches the real ones.", err=True)
