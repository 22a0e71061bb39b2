"""`demarche rules test`: every proof of every rule."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from consumers.classify.check import check
from consumers.classify.compile import compile_source
from consumers.classify.source import read_source
from consumers.classify.workbench.phrase import said, triples
from consumers.classify.workbench.trial import Failure, failures, trials
from monitor.cli.rules.table import show_table
from monitor.errors import Faults, UserError
from monitor.rules_folder import read_folder

T = TypeVar("T")
_NEWS_EVERY = 25  # texts between two lines of progress


def register(group: typer.Typer) -> None:
    group.command("test")(try_rules)


def try_rules(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="A folder of your own rules, or one file of it; ours if none.")
    ] = None,
) -> None:
    """Try every proof and every near miss; show what fails, and end with status 1 if anything does.

    Example: demarche rules test my-rules
    """
    packs, layer = read_folder(path)
    source = read_source(packs)
    if faults := [*source.faults, *check(source)]:
        raise Faults(faults)
    asked = list(trials(source, layer))
    if path is not None and path.is_file():
        asked = [trial for trial in asked if Path(trial.written.pack.name).samefile(path)]
    if not asked:
        raise UserError(f"{path or 'the rules'}: there is no proof to try")
    rules = compile_source(source, packs, {trial.lang for trial in asked})
    failed = [one for one in shown(failures(asked, rules), len(asked), _NEWS_EVERY) if one is not None]
    proofs = sum(not trial.is_miss for trial in asked)
    if failed:
        show_table(_table(failed))
    typer.echo(f"{proofs} proofs and {len(asked) - proofs} near misses: {len(failed) or 'none'} failed")
    if failed:
        raise typer.Exit(1)


def _table(failed: Iterable[Failure]) -> Table:
    table = Table("where", "text", "expected", "got", "why", show_lines=True)
    for failure in failed:
        trial = failure.trial
        where = f"{os.path.relpath(trial.written.pack.name)}:{trial.line}"
        expected = f"no {trial.kind}" if trial.is_miss else said(trial.gives)
        cells = (where, trial.told.text.strip(), expected, said(triples(failure.got)), failure.why)
        table.add_row(*(escape(cell) for cell in cells))
    return table


def shown(work: Iterable[T], total: int, every: int) -> Iterator[T]:
    """The same, with progress on a terminal."""
    is_terminal = sys.stderr.isatty()
    for number, one in enumerate(work, start=1):
        yield one
        if is_terminal and (number % every == 0 or number == total):
            sys.stderr.write(f"\r{number} of {total}" + "\n" * (number == total))
