"""`demarche backtest`: what would have been told of the items of a file."""

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from consumers.classify import Rules, compile_rules
from consumers.correlate.worker import Correlator
from monitor.cli.past_items import PastItem, read_past_items
from monitor.cli.replay import Heard, labelled_report, line_of, read_report, replay
from monitor.cli.score import Known, score
from monitor.errors import UserError
from monitor.message.alert import Alert
from monitor.rules_folder import read_folder, rules_folder
from monitor.settings.correlate import CorrelateSettings
from monitor.tables import read_tables

_NEWS_EVERY = 1_000  # items between two lines of progress


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("backtest")(backtest)


def backtest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Items, one JSON object a line; .gz is inflated.")],
    signals: Annotated[bool, typer.Option("--signals", help="Take the signals that the file has as labels.")] = False,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="Your own rules, laid over those of the program.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Other rules: print only what these tell and those do not.")
    ] = None,
    scored: Annotated[
        Path | None, typer.Option("--score", metavar="INCIDENTS.json", help="Compare with incidents that are known.")
    ] = None,
) -> None:
    """Print what there was to tell, one line each as JSON, in order of time.

    Example: demarche backtest week.jsonl.gz --rules my-rules --against rules
    """
    items = _items(file)
    if against is not None:
        _print_difference(_run(items, rules, signals)[1], _run(items, against, signals)[1])
        return
    correlator, alerts = _run(items, rules, signals)
    if scored is None:
        _print(alerts)
        return
    known = _known(scored)
    found = [live.record for live in correlator.world.lives.values()]
    sys.stdout.write("\n".join(score(known, alerts, found, correlator.world.kinds).lines()) + "\n")


def _run(items: list[PastItem], overlay: Path | None, signals: bool) -> tuple[Correlator, list[Alert]]:
    tables = read_tables(rules_folder())
    compiled: Rules = compile_rules(read_folder(overlay)[0])
    correlator = Correlator(CorrelateSettings().policy(tables), compiled.kinds, tables.names)
    read = partial(labelled_report if signals else read_report, rules=compiled)
    heard = _shown(replay(items, read, correlator), len(items))
    return correlator, [alert for one in heard for alert in one.alerts]


def _items(file: Path) -> list[PastItem]:
    try:
        return read_past_items(file)
    except OSError as fault:
        raise UserError(f"{file}: cannot be read: {fault.strerror or fault}") from fault


def _known(file: Path) -> list[Known]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Known])
    except OSError as fault:
        raise UserError(f"{file}: cannot be read: {fault.strerror or fault}") from fault
    except msgspec.MsgspecError as fault:
        raise UserError(f"{file}: no list of incidents: {fault}") from fault


def _shown(heard: Iterable[Heard], total: int) -> Iterator[Heard]:
    """The same, with progress on a terminal."""
    is_terminal = sys.stderr.isatty()
    for number, one in enumerate(heard, start=1):
        if is_terminal and (number % _NEWS_EVERY == 0 or number == total):
            sys.stderr.write(f"\r{number} of {total} items" + ("\n" if number == total else ""))
        yield one


def _print(alerts: Iterable[Alert]) -> None:
    """One line for each thing to tell; lines of the digest alone are left out."""
    encode = msgspec.json.Encoder().encode
    for alert in alerts:
        if not alert.held:
            sys.stdout.buffer.write(encode(line_of(alert)) + b"\n")
    sys.stdout.buffer.flush()


def _print_difference(mine: list[Alert], theirs: list[Alert]) -> None:
    """What only one of two replays tells, marked with > (gained) and < (lost)."""
    encode = msgspec.json.Encoder().encode
    sides = {
        mark: {alert.id: alert for alert in alerts if not alert.held} for mark, alerts in ((">", mine), ("<", theirs))
    }
    lines = [
        (alert.at, mark, alert)
        for mark, other in ((">", "<"), ("<", ">"))
        for alert in sides[mark].values()
        if alert.id not in sides[other]
    ]
    for _, mark, alert in sorted(lines, key=lambda line: (line[0], line[1], line[2].id)):
        sys.stdout.buffer.write(f"{mark} ".encode() + encode(line_of(alert)) + b"\n")
    sys.stdout.buffer.flush()
