"""`demarche feeds`: how the feeds are, and which they are."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from monitor import wiring
from monitor.cli.feeds_shown import checked_lines, table
from monitor.cli.options import SettingsFile
from monitor.errors import UserError
from monitor.feed_lists import begin, find, import_opml, take_out, try_out
from monitor.ingest.feed import shown_url
from monitor.ingest.overview import overview
from monitor.settings import Settings
from monitor.settings.opml import read_opml, write_opml

_SOON = "a run that is under way heeds it within seconds"
group = typer.Typer(name="feeds", no_args_is_help=True, help="How the feeds are, and which they are.")


def register(app: typer.Typer) -> None:
    app.add_typer(group)


@group.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a feed and line")] = False,
    settings: SettingsFile = None,
) -> None:
    """Every feed, those in trouble first: state, last item, next poll and why, and what became of its items.

    Example: demarche feeds list --json | jq 'select(.well | not)'
    """
    loaded = wiring.settings(settings)
    listed, now = wiring.feeds(loaded), wiring.now()
    rows = overview(listed, asyncio.run(_state(loaded)), now)
    if as_json:
        for row in rows:
            typer.echo(msgspec.json.encode(row).decode())
    else:
        table(rows, now, sys.stdout)


async def _state(loaded: Settings) -> dict[str, bytes]:
    if not (loaded.stream.is_kafka or loaded.stream.sqlite_file.exists()):
        return {}  # nothing ran yet
    async with wiring.reader(loaded) as stream:
        return await stream.state("ingest")


@group.command("check")
def check(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="feeds to try, by URL or by id in the list")],
    settings: SettingsFile = None,
) -> None:
    """Ask for each feed once, now, and tell all that came: nothing is stored. Exit status 1 where one is not well.

    Example: demarche feeds check https://www.example.org/rss.xml
    """
    loaded = wiring.settings(settings)
    by_id = {feed.id: feed for feed in wiring.feeds(loaded)}
    found = asyncio.run(try_out(loaded, [by_id[url].url if url in by_id else url for url in urls]))
    for number, one in enumerate(found):
        typer.echo(("\n" if number else "") + "\n".join(checked_lines(one)))
    if not all(one.state.health.is_well for one in found):
        raise typer.Exit(1)


@group.command("add")
def add(
    url: Annotated[str, typer.Argument(help="of a feed, or of a page that names its feeds")],
    outlet: Annotated[str, typer.Option(help="whose it is; else the title of the feed")] = "",
    country: Annotated[str, typer.Option(help="of the outlet, such as KOR")] = "",
    lang: Annotated[str, typer.Option(help="such as ko; else as the feed says")] = "",
    priority: Annotated[str, typer.Option(help="wire, high, normal or low")] = "normal",
    official: Annotated[bool, typer.Option("--official", help="a government's own")] = False,
    settings: SettingsFile = None,
) -> None:
    """Try a feed, or find that of a page, and add it to feeds.yaml, which begins with the list that comes along.

    Example: demarche feeds add https://www.example.org/ --country KOR --priority wire
    """
    loaded = wiring.settings(settings)
    found, others = asyncio.run(find(loaded, url))
    wish = {"outlet": outlet, "country": country, "lang": lang, "priority": priority, "official": official}
    file = wiring.feeds_file(loaded) or wiring.FEEDS_HERE
    feed = begin(file, found, wish)
    typer.echo(f"added {feed.id} ({feed.outlet}, {shown_url(feed.url)}) to {file}; {_SOON}")
    for other in others:
        typer.echo(f"the page also names {shown_url(other)}", err=True)


@group.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="id or URL of a feed of the list")], settings: SettingsFile = None
) -> None:
    """Take a feed off feeds.yaml.

    Example: demarche feeds remove tass-en
    """
    file = wiring.feeds_file(wiring.settings(settings)) or wiring.FEEDS_HERE
    feed = take_out(file, name)
    typer.echo(f"removed {feed.id} ({feed.outlet}) from {file}; {_SOON}")


@group.command("import")
def import_(
    opml: Annotated[Path, typer.Argument(help="an OPML file of a feed reader")], settings: SettingsFile = None
) -> None:
    """Add the feeds of an OPML file to feeds.yaml, in their folders; what is there already, or no feed, is named.

    Example: demarche feeds import subscriptions.opml
    """
    try:
        outlines = read_opml(str(opml), opml.read_bytes())
    except OSError as why:
        raise UserError(f"{opml}: cannot be read: {why.strerror}") from None
    file = wiring.feeds_file(wiring.settings(settings)) or wiring.FEEDS_HERE
    fresh = import_opml(file, outlines)
    for fault in outlines.passed_over:
        typer.echo(str(fault), err=True)
    there = len(outlines.outlines) - len(fresh)
    typer.echo(f"added {len(fresh)} feeds to {file}; {there} were there, {len(outlines.passed_over)} left out")


@group.command("export")
def export(settings: SettingsFile = None) -> None:
    """Print the list as OPML, for a feed reader.

    Example: demarche feeds export > feeds.opml
    """
    sys.stdout.write(write_opml(wiring.feeds(wiring.settings(settings))).decode())
