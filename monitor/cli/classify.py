"""`demarche classify` and `demarche explain`: what items say, and why the rules think so."""

import gzip
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer

from consumers.classify import Rules, Trace, classify, compile_rules, explain
from monitor.cli.past_items import PastItem, item_of
from monitor.errors import Fault, Faults, UserError
from monitor.message.item import Item
from monitor.rules_folder import read_packs

_NEWS_EVERY = 5_000  # items between two lines of progress

Overlay = Annotated[
    Path | None, typer.Option("--rules", help="A folder of your own rules, laid over those of the program.")
]


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
    """Add the commands to the program."""
    app.command("classify")(classify_file)
    app.command("explain")(explain_text)


def classify_file(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="JSON lines; .gz too; standard input if none.")
    ] = None,
    rules: Overlay = None,
) -> None:
    """Print the signals of items, one item a line as JSON, in order."""
    compiled = compile_rules(read_packs(overlay=rules))
    name = str(file) if file is not None else "standard input"
    try:
        with file.open("rb") if file is not None else sys.stdin.buffer as stream:
            _classify(_lines(stream, name), name, compiled)
    except OSError as fault:
        raise UserError(f"{name}: cannot be read: {fault.strerror or fault}") from fault


def _classify(lines: Iterable[bytes], name: str, rules: Rules) -> None:
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
        write(encode(_line(item, rules)) + b"\n")
        if shown and number % _NEWS_EVERY == 0:
            sys.stderr.write(f"\r{number} items")
    sys.stdout.buffer.flush()
    if faults:
        raise Faults(faults)


def _line(item: Item, rules: Rules) -> Line:
    signals = classify(item, rules).signals
    return Line(
        item.id,
        tuple(
            Said(said.kind, said.source, said.target, said.modality.value, said.evidence.sentence, said.rule)
            for said in signals
        ),
    )


def _lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    return iter(gzip.GzipFile(fileobj=stream)) if name.endswith(".gz") else iter(stream)


def explain_text(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A headline; a line break parts it from its summary.")],
    kind: Annotated[str, typer.Option(help="Only what was tried for this kind.")] = "",
    lang: Annotated[str, typer.Option(help="The language of the text.")] = "en",
    rules: Overlay = None,
) -> None:
    """Show what the rules see in a text: for each act its words, and for what did not match the part that failed."""
    compiled = compile_rules(read_packs(overlay=rules))
    title, _, summary = text.replace("\\n", "\n").partition("\n")
    now = datetime.now(UTC)
    item = Item(
        id="text", revision="1", feed="", outlet="", lang=lang, published=now, first_seen=now, title=title,
        summary=summary,
    )  # fmt: skip
    for line in _explained(explain(item, compiled), kind):
        typer.echo(line)


def _explained(trace: Trace, kind: str) -> Iterator[str]:
    for signal in trace.signals:
        if not kind or signal.kind == kind:
            yield f"{signal.kind}  {signal.source or '?'} > {signal.target or '?'}  {signal.modality}  by {signal.rule}"
    if trace.gate:
        yield trace.gate
    for attempt in trace.attempts:
        if kind and attempt.kind != kind:
            continue
        yield ""
        yield attempt.sentence
        yield _underlined(attempt.sentence, attempt.words)
        if attempt.failed:
            yield f"  {attempt.act}: failed at {attempt.failed}: {attempt.why}"
        else:
            cue = f", turned by {attempt.status!r}" if attempt.status else ""
            yield f"  {attempt.act}: matched{cue}"


def _underlined(sentence: str, words: Iterable[tuple[str, str, int, int]]) -> str:
    """A line of marks below the words of each part: the first letter of its name."""
    marks = [" "] * len(sentence)
    for part, _, start, end in words:
        marks[start:end] = part[0] * (end - start)
    return "".join(marks).rstrip()
