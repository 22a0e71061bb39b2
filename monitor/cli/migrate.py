"""`demarche migrate`: from the SQLite file to Kafka."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from monitor import wiring
from monitor.cli.options import SettingsFile
from monitor.errors import UserError
from monitor.ingest.feed import share_of
from monitor.logs import logger
from monitor.settings.stream import kafka_settings


def register(app: typer.Typer) -> None:
    app.command("migrate")(migrate)


def migrate(
    file: Annotated[Path, typer.Argument(help="the SQLite file, such as demarche.db; no process may work on it")],
    settings: SettingsFile = None,
) -> None:
    """Copy the stream of one machine to the Kafka that the settings name: all records, all state, every position.

    Nothing is lost and nothing is told twice; the file stays as it is. The topics must be empty.

    Example: DEMARCHE_STREAM_URL=kafka://localhost:9092 demarche migrate demarche.db
    """
    loaded = wiring.settings(settings)
    if not loaded.stream.is_kafka:
        raise UserError("stream.url names no Kafka to move to; set it, or DEMARCHE_STREAM_URL, to kafka://HOST:PORT")
    from monitor.stream.migrate import migrate as move  # the Kafka client is loaded only where it is used

    target = kafka_settings(loaded.stream, os.environ)
    shares = {feed.id: share_of(feed.host, target.partitions) for feed in wiring.feeds(loaded)}

    def shares_of(key: str) -> Iterable[int]:
        """State of a feed goes to the share that polls it; what is of no feed, to all."""
        feed = key.partition(":")[2]
        return (shares.get(feed, 0),) if feed else range(target.partitions)

    moved = asyncio.run(move(file, target, shares_of, logger()))
    for topic, count in moved.records.items():
        typer.echo(f"{topic:16} {count:10,} records")
    for stage, count in moved.keys.items():
        typer.echo(f"{stage:16} {count:10,} keys of state")
