"""`demarche migrate`: from the SQLite file to Kafka; `demarche partitions`: more of them there."""

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from monitor import wiring
from monitor.cli.options import SettingsFile
from monitor.errors import UserError
from monitor.ingest.feed import share_of
from monitor.logs import logger
from monitor.settings import Settings
from monitor.settings.stream import kafka_settings


def register(app: typer.Typer) -> None:
    app.command("migrate")(migrate)
    app.command("partitions")(partitions)


def shares_of(loaded: Settings, partitions: int) -> Callable[[str], Iterable[int]]:
    """Where ingest's state belongs: that of a feed to the share that polls it, what is of no feed to all."""
    shares = {feed.id: share_of(feed.host, partitions) for feed in wiring.feeds(loaded)}

    def of_key(key: str) -> Iterable[int]:
        feed = key.partition(":")[2]
        return (shares.get(feed, 0),) if feed else range(partitions)

    return of_key


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
    moved = asyncio.run(move(file, target, shares_of(loaded, target.partitions), logger()))
    for topic, count in moved.records.items():
        typer.echo(f"{topic:16} {count:10,} records")
    for stage, count in moved.keys.items():
        typer.echo(f"{stage:16} {count:10,} keys of state")


def partitions(settings: SettingsFile = None) -> None:
    """Give items as many partitions as `stream.partitions` wants, so that more processes can share the work.

    First end every process of ingest; when classify has read all, end those too; correlate and notify go on. Set
    `stream.partitions`, run this, and start all with the new settings. It can be run again where it broke off.

    Example: demarche partitions --settings monitor.yaml
    """
    loaded = wiring.settings(settings)
    if not loaded.stream.is_kafka:
        raise UserError("the SQLite file has no partitions: one process does all the work; see `demarche migrate`")
    from monitor.stream.kafka.growing import grow  # the Kafka client is loaded only where it is used

    target = kafka_settings(loaded.stream, os.environ)
    grown = asyncio.run(grow(target, shares_of(loaded, target.partitions), wiring.now()))
    typer.echo(f"{grown.before} partitions before, {grown.now} now; {grown.moved} keys of state moved")
