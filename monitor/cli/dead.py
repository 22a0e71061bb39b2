"""`demarche replay`: records that were set aside, once more."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from monitor import wiring
from monitor.cli.lines import line
from monitor.cli.options import SettingsFile, duration
from monitor.message.codec import decoder
from monitor.message.dead import DeadRecord
from monitor.message.step import Output
from monitor.stream.contract import TOPICS, dead

_decode = decoder(DeadRecord)


def register(app: typer.Typer) -> None:
    app.command("replay")(replay)


def replay(
    topic: Annotated[str, typer.Argument(help=f"only this topic: {', '.join(TOPICS)}")] = "",
    *,
    since: Annotated[str, typer.Option(help="how far back: 8h, 7d; all of it where not given")] = "",
    key: Annotated[str, typer.Option(help="only records with this key")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be replayed")] = False,
    settings: SettingsFile = None,
) -> None:
    """Put records that were set aside back where they came from, after what broke them was mended.

    Repeats do no harm: what went through already is dropped. Example: demarche replay items --since 7d --dry-run
    """
    if topic and topic not in TOPICS:
        raise typer.BadParameter(f"{topic}: give one of {', '.join(TOPICS)}")
    asyncio.run(_replay([topic] if topic else list(TOPICS), since, key, dry_run, settings))


async def _replay(topics: list[str], since: str, key: str, dry_run: bool, settings: Path | None) -> None:
    start = wiring.now() - duration(since) if since else None
    async with wiring.reader(wiring.settings(settings)) as stream:
        found: dict[tuple[str, str, str], DeadRecord] = {}
        for topic in topics:
            async for record in stream.read(dead(topic), since=start):
                note = _decode(record.value)
                if not key or note.key == key:
                    found[note.topic, note.key, note.value] = note
        whole = [note for note in found.values() if not note.cut]
        for note in found.values():
            typer.echo(line(note) + ("  (too large: only a part was kept)" if note.cut else ""))
        if whole and not dry_run:
            await stream.append([Output(note.topic, note.key, note.record()) for note in whole])
    typer.echo(f"{len(whole)} {'would be ' if dry_run else ''}replayed, {len(found) - len(whole)} cannot be", err=True)
