"""`demarche rules score`: how well rules read a labelled set, and what a change of them did."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from consumers.classify import PackText, Rules, classify, compile_rules, explain
from consumers.classify.workbench.near import nearest
from consumers.classify.workbench.score import (
    Act,
    Answered,
    By,
    Changed,
    Compared,
    Figures,
    View,
    broken_down,
    changes,
    compare,
    false_alarms,
    figures,
    stopped,
)
from monitor.cli.past_items import PastItem, item_of, read_past_items
from monitor.cli.rules.prove import shown
from monitor.cli.rules.show import Folder
from monitor.errors import Fault, Faults, UserError
from monitor.message.report import Signal
from monitor.rules_folder import read_folder

_NEWS_EVERY = 200  # items between two lines of progress
_LONGEST = 300  # characters of a summary that are shown


def register(group: typer.Typer) -> None:
    group.command("score")(score)


def score(
    gold: Annotated[list[Path], typer.Argument(metavar="GOLD.jsonl...", help="Items with `signals`; .gz too.")],
    rules: Folder = None,
    by: Annotated[By | None, typer.Option(help="Break the figures down.")] = None,
    view: Annotated[
        View | None, typer.Option(help="What --by (else full), --errors and --against (else alert) look at.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Show the text behind each error, and why.")] = False,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="RULES_DIR", help="Show item by item what changed since these.")
    ] = None,
) -> None:
    """Measure rules on labelled items: precision, recall, F1.

    Example: demarche rules score tests/gold/en-work.jsonl --by kind --against old-rules
    """
    past = [item for file in gold for item in _read(file)]
    compiled = _compiled(read_folder(rules)[0], past)
    answered = _answered(past, compiled)
    for name in View:
        typer.echo(_figures(name, figures(compare(answered, name, compiled.kinds)), 6))
    false = false_alarms(answered, compiled.kinds)
    typer.echo(f"false alarms {false.share:.3f}   ({false.false} of {false.items} items with nothing to alert on)")
    for exception, (items, missed) in stopped(compare(answered, View.FULL, compiled.kinds)).items():
        typer.echo(f"exception {exception:18} stopped an act in {items} items   ({missed} of them with an act missed)")
    if by is not None:
        for group, found in broken_down(compare(answered, view or View.FULL, compiled.kinds), by).items():
            typer.echo("  " + _figures(group, found, 22))
    looked_at = compare(answered, view or View.ALERT, compiled.kinds)
    if errors:
        for one in looked_at:
            _print(_error(one, compiled))
    if against is not None:
        old = _compiled(read_folder(against)[0], past)
        before = compare(_answered(past, old), view or View.ALERT, old.kinds)
        _print(_changes(list(changes(before, looked_at))))


def _read(file: Path) -> list[PastItem]:
    try:
        items = read_past_items(file)
    except OSError as why:
        raise UserError(f"{file}: cannot be read: {why.strerror or why}") from why
    unlabelled = [item.id for item in items if item.signals is None]
    if unlabelled:
        raise UserError(f"{file}: {len(unlabelled)} items have no `signals`, the first is {unlabelled[0]}")
    ids = [item.id for item in items]
    if len(set(ids)) != len(ids):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        raise Faults([Fault(str(file), 0, f"the id {one!r} stands twice") for one in twice])
    return [item for item in items if not item.doubtful]


def _compiled(packs: Sequence[PackText], past: Iterable[PastItem]) -> Rules:
    return compile_rules(packs, {item.lang or "en" for item in past})


def _answered(past: Sequence[PastItem], rules: Rules) -> list[Answered]:
    return list(shown((_answer(one, rules) for one in past), len(past), _NEWS_EVERY))


def _answer(past: PastItem, rules: Rules) -> Answered:
    item = item_of(past)
    labels = tuple(Act(s.kind, s.source, s.target, s.modality.value) for s in past.signals or ())
    report = classify(item, rules)
    return Answered(item, labels, report.signals, report.excepted)


def _figures(name: str, found: Figures, width: int) -> str:
    counts = f"(hit {found.hit}, wrong {found.wrong}, missed {found.missed})"
    return f"{name:{width}} precision {found.precision:.3f}  recall {found.recall:.3f}  F1 {found.f1:.3f}   {counts}"


def _error(one: Compared, rules: Rules) -> Iterator[str]:
    """The text, and for each error the rule that spoke or the part that failed first."""
    if not one.missed and not one.wrong:
        return
    item = one.answered.item
    yield ""
    yield f"{item.id}  {item.title}"
    if item.summary:
        yield f"    {item.summary[:_LONGEST]}"
    for act in one.wrong:
        signal = next(signal for signal in one.answered.signals if _is(signal, act))
        yield f"  wrong   {act}  by {signal.rule}: {signal.evidence.sentence[signal.evidence.start :]!r}"
    if not one.missed:
        return
    trace, pack = explain(item, rules), rules.packs.get(item.lang or "en")
    for act in one.missed:
        near = nearest(trace, pack.acts, act.kind)[:1] if pack is not None else []
        why = f"{near[0].act} failed at {near[0].failed}: {near[0].why}" if near else trace.gate or "nothing was tried"
        yield f"  missed  {act}  {why}"


def _is(signal: Signal, act: Act) -> bool:
    """Whether an act, of which a view may have left out fields or turned the order, was made of this signal."""
    pair = {(signal.source, signal.target), (signal.target, signal.source), (None, None)}
    how = {"", signal.modality.value}
    return signal.kind == act.kind and (act.source, act.target) in pair and act.modality in how


def _changes(changed: Sequence[Changed]) -> Iterator[str]:
    for one in changed:
        yield ""
        yield f"{one.item.id}  {one.item.title}"
        rows = (("+ found", one.found), ("+ no longer wrong", one.cured), ("- lost", one.lost), ("- wrong", one.broken))
        for name, acts in rows:
            for act in acts:
                yield f"  {name:18} {act}"
    yield ""
    counts = [sum(len(getattr(one, name)) for one in changed) for name in ("found", "cured", "lost", "broken")]
    yield "{} found, {} no longer wrong; {} lost, {} newly wrong".format(*counts)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
