"""`demarche backup`: a copy of the stream, while it is in use."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from monitor import wiring
from monitor.cli.options import SettingsFile
from monitor.errors import UserError
from monitor.stream.sqlite import SqliteReader


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)


def backup(
    target: Annotated[Path, typer.Argument(help="the copy; an older one is replaced only by a whole one")],
    settings: SettingsFile = None,
) -> None:
    """Copy the SQLite stream, whole, while its owner works. To restore, put the copy in the stream's place.

    Example: demarche backup /var/backups/demarche.db
    """
    asyncio.run(_backup(target, settings))


async def _backup(target: Path, settings: Path | None) -> None:
    async with wiring.reader(wiring.settings(settings)) as stream:
        if not isinstance(stream, SqliteReader):
            raise UserError("the stream is on Kafka, whose brokers keep the copies; see stream.replication")
        await stream.backup(target)
    typer.echo(f"{target} is a whole copy", err=True)
