"""`demarche rules list` and `demarche rules show`: what is recognised, in words."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from consumers.classify.check import near
from consumers.classify.source import Source, read_source
from consumers.classify.workbench.describe import Line, kind_in_words, kinds
from consumers.correlate.pattern.file import Written, in_words
from monitor.cli.rules.table import show_table
from monitor.correlations import read_correlations
from monitor.errors import Faults, UserError
from monitor.message.names import english_names
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
    source, correlations = _read(rules)
    show_table(_table(kinds(source)))
    if correlations:
        table = Table("correlation", "level", "when", "of one", "within", "timelines", box=None)
        for one in correlations:
            said = in_words(one)
            table.add_row(
                one.text.id, said["level"], said["when"], said["of one"], said["within"], str(len(one.text.proofs))
            )
        show_table(table)


def _table(lines: Iterable[Line]) -> Table:
    table = Table("kind", "level", "what", "languages", "acts", "proofs", "near misses", box=None)
    for line in lines:
        languages = " ".join(line.languages) + " (shadow)" * line.shadow
        counts = (str(line.acts), str(line.proofs), str(line.misses))
        table.add_row(line.kind, line.level, line.title, languages, *counts)
    return table


def show_kind(
    kind: Annotated[str, typer.Argument(metavar="KIND|CORRELATION", help="as `demarche rules list` names it")],
    rules: Folder = None,
    whole: Annotated[bool, typer.Option("--all", help="All words of all lists, and all proofs.")] = False,
) -> None:
    """Say in words how a kind is recognised: words, roles, exceptions, examples, near misses.

    Example: demarche rules show envoy-summoned
    """
    source, correlations = _read(rules)
    by_id = {written.text.id: written for written in correlations}
    if kind in by_id:
        for line in _correlation_in_words(by_id[kind]):
            typer.echo(line)
        return
    entry = source.kinds.by_id.get(kind)
    if entry is None:
        known = [*source.kinds.by_id, *by_id]
        raise UserError(f"no kind or correlation is called {kind!r}; {near(kind, known, '`demarche rules list`')}")
    for line in kind_in_words(source, entry, whole):
        typer.echo(line)


def _correlation_in_words(written: Written) -> Iterator[str]:
    yield f"{written.text.id} ({written.file})"
    for name, said in in_words(written).items():
        yield f"  {name:8} {said}"
    for proof in written.text.proofs:
        yield f"  {proof.name}: " + (f"speaks at {', '.join(proof.alerts)}" if proof.alerts else "silent")
        for act in proof.acts:
            yield f"    {act}"


def _read(folder: Path | None) -> tuple[Source, list[Written]]:
    packs, _ = read_folder(folder)
    source = read_source(packs)
    correlations, faults = read_correlations(packs, source.kinds, english_names() | source.names)
    if source.faults or faults:
        raise Faults([*source.faults, *faults])
    return source, correlations
