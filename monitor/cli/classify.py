"""`demarche classify`: what the items of a file say."""

import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer

from consumers.classify import Rules, classify, compile_rules
from monitor import wiring
from monitor.cli.options import OwnRules, SettingsFile
from monitor.cli.past_items import PastItem, item_of
from monitor.errors import Fault, Faults, UserError
from monitor.message.item import Item
from monitor.rules_folder import read_packs

_NEWS_EVERY = 5_000  # items between two lines of progress


class Said(msgspec.Struct, frozen=True):
    """One signal of a line."""

    kind: str
    source: str | None
    target: str | None
    modality: str
    evidence: str
    rule: str


class Line(msgspec.Struct, frozen=True):
    """One line of the output."""

    id: str
    signals: tuple[Said, ...]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("classify")(classify_file)


def classify_file(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="JSON lines; .gz too; standard input if none.")
    ] = None,
    rules: OwnRules = None,
    settings: SettingsFile = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="Signals of rules in shadow too.")] = False,
) -> None:
    """Print the signals of items, one item a line as JSON, in order.

    Example: demarche classify items.jsonl.gz --rules my-rules
    """
    compiled = compile_rules(read_packs(overlay=rules or wiring.settings(settings).rules.folder))
    name = str(file) if file is not None else "standard input"
    try:
        with file.open("rb") if file is not None else sys.stdin.buffer as stream:
            _classify(_lines(stream, name), name, compiled, shadow)
    except OSError as fault:
        raise UserError(f"{name}: cannot be read: {fault.strerror or fault}") from fault


def _classify(lines: Iterable[bytes], name: str, rules: Rules, shadow: bool) -> None:
    """Read, classify and print; bad lines are told at the end, all at once."""
    decode, encode = msgspec.json.Decoder(PastItem).decode, msgspec.json.Encoder().encode
    write, faults = sys.stdout.buffer.write, []
    shown = sys.stderr.isatty()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = item_of(decode(line))
        except (msgspec.MsgspecError, ValueError) as why:
            faults.append(Fault(name, number, f"no item: {why}"))
            continue
        write(encode(_line(item, rules, shadow)) + b"\n")
        if shown and number % _NEWS_EVERY == 0:
            sys.stderr.write(f"\r{number} items")
    sys.stdout.buffer.flush()
    if faults:
        raise Faults(faults)


def _line(item: Item, rules: Rules, shadow: bool) -> Line:
    signals = classify(item, rules).signals
    return Line(
        item.id,
        tuple(
            Said(said.kind, said.source, said.target, said.modality.value, said.evidence.sentence, said.rule)
            for said in signals
            if shadow or not said.shadow
        ),
    )


def _lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    return iter(gzip.GzipFile(fileobj=stream)) if name.endswith(".gz") else iter(stream)
