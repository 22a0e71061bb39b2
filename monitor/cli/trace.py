"""`demarche trace`: why was I, or was I not, told?"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from monitor import wiring
from monitor.cli.options import SettingsFile
from monitor.errors import UserError
from monitor.trace import Way, carriers, trace


def register(app: typer.Typer) -> None:
    app.command("trace")(follow)


def follow(
    asked: Annotated[str, typer.Argument(metavar="URL|TEXT|ID", help="a link, words of a headline, or an id")],
    settings: SettingsFile = None,
) -> None:
    """Follow one story from its feed to its deliveries, each decision with its reason, and say where it stopped.

    Example: demarche trace https://news.example.org/world/1234
    """
    asyncio.run(_follow(asked, settings))


async def _follow(asked: str, settings: Path | None) -> None:
    loaded = wiring.settings(settings)
    feeds = wiring.feeds(loaded)
    async with wiring.reader(loaded) as stream:
        ways = await trace(stream, asked, feeds, wiring.now())
        near = [] if ways else await carriers(stream, asked, feeds, wiring.now())
    for way in ways:
        _show(way)
    if ways:
        return
    if near:
        typer.echo("Never seen. It should come by:")
        for station in near:
            typer.echo(f"  {station.place:9} {station.said}")
        return
    raise UserError(
        f"nothing that was read in is, or is called, {asked!r}, and no feed of its site is listed; "
        "see `demarche feeds list`, and `demarche feeds add` for a new one"
    )


def _show(way: Way) -> None:
    typer.secho(way.title, bold=True)
    for station in way.stations:
        typer.echo(f"  {station.place:9} {station.said}")
    if way.stopped:
        typer.secho(f"  stopped   {way.stopped}", fg=typer.colors.YELLOW)
    typer.echo()
