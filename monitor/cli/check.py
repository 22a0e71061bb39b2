"""`demarche check`: is everything that was written right?"""

import typer

from monitor import wiring
from monitor.cli.options import SettingsFile


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(settings: SettingsFile = None) -> None:
    """Read settings, feeds, rules and destinations, and tell every fault at once, each with file and line.

    Exit status 0 where all is right, else 1. Example: demarche check --settings monitor.yaml
    """
    found = wiring.check(settings)
    typer.echo(
        f"all right: {found.feeds} feeds from {found.feeds_from}, {found.rules} rules for {found.kinds} kinds, "
        f"destinations: {', '.join(found.destinations)}; stream: {found.stream}"
    )
