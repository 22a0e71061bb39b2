"""`demarche rules lint`: what is wrong with rules, all at once."""

import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from consumers.classify.source import read_source
from consumers.classify.workbench.lint import CODES, lint
from monitor.correlations import read_correlations
from monitor.errors import Fault
from monitor.message.names import english_names
from monitor.rules_folder import read_folder

_MANUAL = "rules/README.md"


class Line(msgspec.Struct, frozen=True):
    """One fault, with the page of the manual on its sort."""

    path: str
    line: int
    column: int
    code: str
    text: str
    see: str


def register(group: typer.Typer) -> None:
    group.command("lint")(lint_rules)


def lint_rules(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="A folder of your own rules, or one file of it; ours if none.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show all that is wrong, each with its place, its sort and a remedy; end with status 1 if anything is.

    Example: demarche rules lint my-rules
    """
    packs, layer = read_folder(path)
    source = read_source(packs)
    mine = {pack.name for pack in packs if pack.layer == layer}
    wrong = read_correlations(packs, source.kinds, english_names() | source.names)[1]
    found = [*lint(packs, layer), *(fault for fault in wrong if fault.path in mine)]
    if path is not None and path.is_file():
        found = [fault for fault in found if Path(fault.path).samefile(path)]
    for fault in found:
        line = _line(fault)
        typer.echo(msgspec.json.encode(line) if as_json else _shown(line))
    if not as_json:
        seen = sorted({fault.code for fault in found})
        typer.echo(
            "".join(f"\n{code}: {CODES[code]}, see {_MANUAL}#{code}" for code in seen).lstrip("\n"), nl=bool(seen)
        )
        typer.echo(f"{len(found) or 'no'} fault{'s' * (len(found) != 1)}")
    if found:
        raise typer.Exit(1)


def _line(fault: Fault) -> Line:
    return Line(
        os.path.relpath(fault.path), fault.line, fault.column, fault.code, fault.text, f"{_MANUAL}#{fault.code}"
    )


def _shown(line: Line) -> str:
    return f"{line.path}:{line.line}:{line.column}: {line.code}: {line.text}"
