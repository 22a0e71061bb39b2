"""`demarche rules list` and `demarche rules show`: what is recognised, in words."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from consumers.classify.check import near
from consumers.classify.source import Source, read_source
from consumers.classify.workbench.describe import Line, kind_in_words, kinds
from monitor.cli.rules.table import show_table
from monitor.errors import Faults, UserError
from monitor.rules_folder import read_folder

Folder = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules: your own, laid over ours, or one that stands alone.")
]


def register(group: typer.Typer) -> None:
    group.command("list")(list_kinds)
    group.command("show")(show_kind)


def list_kinds(rules: Folder = None) -> None:
    """List the kinds of act that are recognised, with their levels and languages.

    Example: demarche rules list
    """
    show_table(_table(kinds(_read(rules))))


def _table(lines: Iterable[Line]) -> Table:
    table = Table("kind", "level", "what", "languages", "acts", "proofs", "near misses", box=None)
    for line in lines:
        languages = " ".join(line.languages) + " (shadow)" * line.shadow
        counts = (str(line.acts), str(line.proofs), str(line.misses))
        table.add_row(line.kind, line.level, line.title, languages, *counts)
    return table


def show_kind(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="as `demarche rules list` names it")],
    rules: Folder = None,
    whole: Annotated[bool, typer.Option("--all", help="All words of all lists, and all proofs.")] = False,
) -> None:
    """Say in words how a kind is recognised: words, roles, exceptions, examples, near misses.

    Example: demarche rules show envoy-summoned
    """
    source = _read(rules)
    entry = source.kinds.by_id.get(kind)
    if entry is None:
        raise UserError(f"no kind is called {kind!r}; {near(kind, source.kinds.by_id, '`demarche rules list`')}")
    for line in kind_in_words(source, entry, whole):
        typer.echo(line)


def _read(folder: Path | None) -> Source:
    source = read_source(read_folder(folder)[0])
    if source.faults:
        raise Faults(source.faults)
    return source
