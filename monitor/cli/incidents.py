"""`demarche incidents`, `pairs`, `brief` and `export`: what is known, for the analyst; and what he decides."""

import asyncio
import csv
import getpass
import hashlib
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from monitor import wiring
from monitor.cli.casebook import Case, Casebook, PairRow, brief, read_casebook
from monitor.cli.labels import LabelledItem, labelled
from monitor.cli.options import SettingsFile, duration
from monitor.errors import UserError
from monitor.message.codec import encode
from monitor.message.incident import Claim, pair_name
from monitor.message.kind import Level
from monitor.message.order import Order, OrderKind
from monitor.message.step import REPORTS, Output
from monitor.rules_folder import rules_folder
from monitor.tables import read_tables

Row = TypeVar("Row")
Json = Annotated[bool, typer.Option("--json", help="one JSON object a line")]
Since = Annotated[str, typer.Option(help="how far back: 8h, 7d, 4w")]
incidents = typer.Typer(no_args_is_help=True, help="What happened, and what you decide on it.")


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


class Seen(msgspec.Struct, frozen=True):
    """One incident in full."""

    case: Case
    tellings: tuple[Claim, ...]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(incidents, name="incidents")
    app.command("pairs")(pairs)
    app.command("brief")(handover)
    app.command("export")(export)


@incidents.command("list")
def listed(
    *,
    since: Since = "7d",
    pair: Annotated[str, typer.Option(help="only this pair of states, in either direction, such as KOR-RUS")] = "",
    min_level: Annotated[Level, typer.Option(help="only this level or above")] = Level.MEDIUM,
    as_json: Json = False,
    settings: SettingsFile = None,
) -> None:
    """List incidents, the latest first.

    Example: demarche incidents list --since 30d --pair KOR-RUS
    """
    book, start = _book(settings), wiring.now() - duration(since)
    wanted = _pair(pair)
    cases = [
        case
        for case in reversed(book.cases())
        if case.last >= start and case.level.rank >= min_level.rank and wanted in ("", case.pair)
    ]
    _print(cases, as_json, _case_line)


@incidents.command()
def show(
    incident: Annotated[str, typer.Argument(metavar="ID")], *, as_json: Json = False, settings: SettingsFile = None
) -> None:
    """Show one incident: who told it, when, and in what words.

    Example: demarche incidents show inc_1f2e3d4c5b6a7980
    """
    book = _book(settings)
    case = _find(book, incident)
    claims = tuple(book.claims(case.id))
    if as_json:
        _print([Seen(case, claims)], as_json, str)
        return
    typer.echo(_case_line(case))
    typer.echo(f"  {case.id}  weight {case.weight:g}  CAMEO {', '.join(case.cameo)}  {', '.join(case.kinds)}")
    for claim in claims:
        said = ", ".join(f"{one.kind} {one.modality}" for one in claim.said)
        typer.echo(f"  {_time(claim.at)}  {claim.outlet}: {claim.title}  ({said})\n    {claim.url}")


@incidents.command()
def correct(
    incident: Annotated[str, typer.Argument(metavar="ID")],
    *,
    why: Annotated[str, typer.Option(help="what is right; every destination that was told is told this")],
    settings: SettingsFile = None,
) -> None:
    """Correct an incident that was told wrong.

    Example: demarche incidents correct inc_1f2e3d4c5b6a7980 --why "a court summons, not a government's"
    """
    _order(incident, OrderKind.CORRECT, why, settings)


@incidents.command()
def retract(
    incident: Annotated[str, typer.Argument(metavar="ID")],
    *,
    why: Annotated[str, typer.Option(help="why it is taken back; every destination that was told is told this")],
    settings: SettingsFile = None,
) -> None:
    """Take back an incident that did not happen.

    Example: demarche incidents retract inc_1f2e3d4c5b6a7980 --why "satire"
    """
    _order(incident, OrderKind.RETRACT, why, settings)


def pairs(
    pair: Annotated[str, typer.Argument(metavar="[A-B]", help="two states, such as KOR-RUS; else all")] = "",
    *,
    since: Since = "30d",
    as_json: Json = False,
    settings: SettingsFile = None,
) -> None:
    """Show where pairs of states stand: level, tension, and the acts that led there.

    Example: demarche pairs KOR-RUS --since 30d
    """
    book, start = _book(settings), wiring.now() - duration(since)
    wanted = _pair(pair)
    rows = [row for row in book.rows(start) if wanted in ("", row.pair)]
    if wanted and not rows:
        raise UserError(f"nothing is known of {wanted} in the last {since}; try a longer --since")
    _print(rows, as_json, _pair_lines if wanted else _pair_line)


def handover(*, since: Since = "8h", as_json: Json = False, settings: SettingsFile = None) -> None:
    """Show what the next shift has to know, the highest level first.

    Example: demarche brief --since 8h
    """
    cases = brief(_book(settings), wiring.now() - duration(since))
    if not cases and not as_json:
        typer.echo(f"nothing in the last {since}")
    _print(cases, as_json, _case_line)


def export(
    *,
    since: Since = "30d",
    form: Annotated[Format, typer.Option("--format", help="how it is written")] = Format.CSV,
    labels: Annotated[
        bool, typer.Option("--labels", help="the items of what was corrected or retracted, for `demarche rules score`")
    ] = False,
    settings: SettingsFile = None,
) -> None:
    """Write incidents for other programs, one row each: ISO codes, CAMEO, weight, times, outlets, links.

    Example: demarche export --since 60d --format csv > incidents.csv
    """
    start = wiring.now() - duration(since)
    if labels:
        _print(_labels(settings, start), as_json=True, line=str)
        return
    cases = [case for case in _book(settings).cases() if case.last >= start]
    if form is Format.JSONL:
        _print(cases, as_json=True, line=str)
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(Case.__struct_fields__)
    for case in cases:
        writer.writerow(_cell(value) for value in msgspec.to_builtins(case).values())


def _book(settings: Path | None) -> Casebook:
    loaded = wiring.settings(settings)
    tables = read_tables(rules_folder())

    async def state() -> dict[str, bytes]:
        async with wiring.reader(loaded) as stream:
            return await stream.state("correlate")

    return read_casebook(asyncio.run(state()), tables.kinds, tables.names, loaded.incidents.policy(tables))


def _labels(settings: Path | None, since: datetime) -> list[LabelledItem]:
    loaded, book = wiring.settings(settings), _book(settings)

    async def found() -> list[LabelledItem]:
        async with wiring.reader(loaded) as stream:
            return await labelled(stream, [live for live in book.lives if live.last >= since])

    return asyncio.run(found())


def _order(incident: str, kind: OrderKind, why: str, settings: Path | None) -> None:
    if not why.strip():
        raise UserError("say why, with --why: whoever was told reads it")
    case = _find(_book(settings), incident)
    author, at = getpass.getuser(), wiring.now()
    made = hashlib.blake2b(f"{kind}|{case.id}|{at}|{author}".encode(), digest_size=8).hexdigest()
    order = Order(id=f"ord_{made}", kind=kind, at=at, author=author, why=why, subject=case.id)

    async def append() -> None:
        async with wiring.reader(wiring.settings(settings)) as stream:
            await stream.append([Output(REPORTS, case.id, encode(order))])

    asyncio.run(append())
    told = "whoever was told will be told so" if case.told else "it was told to nobody"
    typer.echo(f"{case.sentence}: {kind} ordered; {told}")


def _find(book: Casebook, incident: str) -> Case:
    """By id, or by the end of one that is the only such."""
    found = [case for case in book.cases() if case.id == incident or case.id.endswith(incident)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{incident} is the end of {len(found)} ids; give more of it")
    raise UserError(f"no incident {incident} is known; see `demarche incidents list --since 60d`")


def _pair(text: str) -> str:
    if not text:
        return ""
    one, dash, other = text.upper().partition("-")
    if not (one and dash and other):
        raise UserError(f"{text!r} is no pair; write two codes such as KOR-RUS")
    return pair_name(one, other)


def _print(rows: Iterable[Row], as_json: bool, line: Callable[[Row], str]) -> None:
    for row in rows:
        if as_json:
            sys.stdout.buffer.write(encode(row) + b"\n")
        else:
            typer.echo(line(row))
    sys.stdout.flush()


def _case_line(case: Case) -> str:
    marks = [case.state] if case.state != "open" else []
    marks += ["confirmed" if case.confirmed else "unconfirmed", f"{len(case.outlets)} outlets"]
    marks += [] if case.told else [case.held or "not told"]
    return f"{_time(case.first)}  {case.level.upper():8}  {case.sentence}  ({', '.join(marks)})  {case.id}"


def _pair_line(row: PairRow) -> str:
    level = row.level.upper() if row.level else "-"
    in_row = f"  in a row since {_time(row.row_since)}" if row.row_since else ""
    usual = f", usually {row.usual:+.1f}" if row.usual is not None else ""
    if row.watching_since is not None:
        usual = f", watching since {row.watching_since:%Y-%m-%d}"
    return f"{row.pair}  {level:8}  tension {row.tension:+.1f}{usual}  {len(row.cases)} incidents{in_row}"


def _pair_lines(row: PairRow) -> str:
    return "\n".join([_pair_line(row), *(f"  {_case_line(case)}" for case in row.cases)])


def _cell(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
