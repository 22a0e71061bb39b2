"""`demarche rules test`: every proof of every rule."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from consumers.correlate.pattern.file import Written
from consumers.correlate.pattern.trial import told
from monitor.cli.rules.table import show_table
from monitor.correlations import read_correlations
from monitor.errors import Faults, UserError
from monitor.message.kind import Kinds
from monitor.message.names import english_names
from monitor.rules_folder import read_folder, rules_folder
from monitor.settings.correlate import CorrelateSettings
from monitor.tables import read_tables

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
    names = english_names() | source.names
    correlations, faults = read_correlations([pack for pack in packs if pack.layer == layer], source.kinds, names)
    if faults:
        raise Faults(faults)
    if path is not None and path.is_file():
        asked = [trial for trial in asked if Path(trial.written.pack.name).samefile(path)]
        correlations = [written for written in correlations if Path(written.file).samefile(path)]
    if not asked and not correlations:
        raise UserError(f"{path or 'the rules'}: there is no proof to try")
    rules = compile_source(source, packs, {trial.lang for trial in asked})
    failed = [one for one in shown(failures(asked, rules), len(asked), _NEWS_EVERY) if one is not None]
    proofs = sum(not trial.is_miss for trial in asked)
    if failed:
        show_table(_table(failed))
    if asked:
        typer.echo(f"{proofs} proofs and {len(asked) - proofs} near misses: {len(failed) or 'none'} failed")
    if not _try_correlations(correlations, source.kinds, names) or failed:
        raise typer.Exit(1)


def _try_correlations(rules: Sequence[Written], kinds: Kinds, names: Mapping[str, str]) -> bool:
    """Every timeline, with its rule alone in force; what fails is shown. Whether all is well."""
    policy = CorrelateSettings().policy(read_tables(rules_folder()))
    tried = list(told(rules, policy, kinds, names))
    failed = [one for one in tried if not one.is_right]
    if failed:
        table = Table("where", "timeline", "expected", "got", show_lines=True)
        for one in failed:
            where = f"{os.path.relpath(one.written.file)}:{one.line}"
            times = (", ".join(given) or "no alert" for given in (one.timeline.alerts, one.got))
            table.add_row(*(escape(cell) for cell in (where, one.timeline.name, *times)))
        show_table(table)
    if tried:
        typer.echo(f"{len(tried)} timelines: {len(failed) or 'none'} failed")
    return not failed


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
